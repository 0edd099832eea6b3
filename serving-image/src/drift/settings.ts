/** How inputs and predictions are counted beside those that the model was made with. */
export interface DriftConfig {
  /**
   * File of the baseline: the bins of each feature and of the predictions, and the shares expected in them.
   * @default - nothing is counted
   */
  readonly baseline?: string;
  /**
   * Share of the requests that are looked at, 0 to 1. Many features take some time of each request.
   * @default 1
   */
  readonly sample: number;
}
