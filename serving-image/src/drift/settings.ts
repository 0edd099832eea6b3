/** How inputs and predictions are compared with those of a baseline. */
export interface DriftConfig {
  /**
   * File of the baseline: the bins of each feature and prediction, and the expected share of each bin.
   * @default - drift is not measured
   */
  readonly baseline?: string;
  /**
   * Share of the requests that are measured, 0 to 1. Many features take some time for each request.
   * @default 1
   */
  readonly sample: number;
}

/** How values are assigned to bins: by edges, or one bin for each listed value. Exactly one of the two is set. */
export interface BinRule {
  /** Upper bounds in increasing order; the last bin holds the values above all of them. */
  readonly edges?: readonly number[];
  readonly values?: readonly (number | string)[];
}

/** What is measured: one element of each row of a tensor, or a statistic of the whole row. */
export interface Feature extends BinRule {
  /** Its name in the metrics. */
  readonly name: string;
  /** Name of the input or output. */
  readonly tensor: string;
  /** Index of the element, or a statistic of all elements of a row. */
  readonly of: number | "mean" | "deviation";
  /** Expected share of each bin, in order; the share of a bin without one is 0. */
  readonly shares: readonly number[];
}

/** The distribution of inputs and predictions that a model was trained with. */
export interface Baseline {
  /** The model whose requests are measured; the default is the first model. */
  readonly model?: string;
  readonly features: readonly Feature[];
  readonly predictions: readonly Feature[];
}
