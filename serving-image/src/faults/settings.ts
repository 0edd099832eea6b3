/** What goes wrong on purpose, so that people see what then happens. Only a server started with `--allow-faults` does any of it. */
export interface FaultConfig {
  /**
   * Time added to every prediction, in seconds.
   * @default 0
   */
  readonly latencySeconds: number;
  /**
   * Share of the requests for predictions that are answered with 503, 0 to 1.
   * @default 0
   */
  readonly errors: number;
  /**
   * Share of the predictions that are wrong, 0 to 1: of the right form, but with other values.
   * @default 0
   */
  readonly wrong: number;
}
