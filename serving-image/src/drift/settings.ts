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

/** How values are sorted into bins: by edges, or one bin for each of some values. Exactly one of the two is there. */
export interface BinRule {
  /** Upper bounds, rising; the last bin is what is above all. */
  readonly edges?: readonly number[];
  readonly values?: readonly (number | string)[];
}

/** What is looked at: one element of each row of a tensor, or a figure of the row as a whole. */
export interface Feature extends BinRule {
  /** As the metrics name it. */
  readonly name: string;
  /** Name of the input, or of the output. */
  readonly tensor: string;
  /** The element, or what is reckoned of all of them. */
  readonly of: number | "mean" | "deviation";
  /** Expected share of each bin, in order; bins without one are not expected to get any. */
  readonly shares: readonly number[];
}

/** What a model was made with. */
export interface Baseline {
  /** The model whose requests are counted; the first one where it is not said. */
  readonly model?: string;
  readonly features: readonly Feature[];
  readonly predictions: readonly Feature[];
}
