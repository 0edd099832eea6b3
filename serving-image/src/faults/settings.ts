/** Faults to inject on purpose, to rehearse what happens then. Only a server started with `--allow-faults` injects any. */
export interface FaultConfig {
  /**
   * Time added to every prediction, in seconds.
   * @default 0
   */
  readonly latencySeconds: number;
  /**
   * Share of the inference requests that are answered with 503, 0 to 1.
   * @default 0
   */
  readonly errors: number;
  /**
   * Share of the predictions that are corrupted, 0 to 1: the right shape with wrong values.
   * @default 0
   */
  readonly wrong: number;
}
