/**
 * How a model is warmed up and measured before it serves. If no inputs are known that it accepts, it is served all the same,
 * in workers and without batching.
 */
export interface WarmUpConfig {
  /** @default true */
  readonly enabled: boolean;
  /**
   * A path or a URI, as of `model.uri`, of recorded requests: one request of the protocol, an array of them, one in each
   * line, or the samples of a rehearsal.
   * @default - the files `*.json` and `*.jsonl` in a folder `warmup` next to the model, or else invented inputs
   */
  readonly samples?: string;
  /**
   * Shapes of the invented inputs, by name; only needed if the model does not declare them and none that the server tries
   * works.
   * @default - made from the model's own metadata
   */
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
}

/** How models compute in worker threads or worker processes. */
export interface WorkersConfig {
  /**
   * Workers of each model that computes in them; each has a copy of the model in memory.
   * @default - the available CPUs divided by `model.threads`, at most 16
   */
  readonly count: number;
  /**
   * A model computes in workers if a run with the largest batch takes longer than this, in seconds. Shorter runs are
   * cheaper on the event loop. 0 uses workers for every model.
   * @default 0.001
   */
  readonly aboveSeconds: number;
  /**
   * Longest time that a run of the model may take in a worker, in seconds. After it the requests of the run are answered
   * with 504, and the worker is ended and replaced.
   * @default 30
   */
  readonly runTimeoutSeconds: number;
}
