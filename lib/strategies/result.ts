/** What a test has found about a variant. Only `guardrail-broken` is final: the others follow the interval. */
export type VariantVerdict = "winner" | "worse" | "no-difference" | "guardrail-broken" | "not-enough-data";

/** The difference of a variant's mean from the control's, with an always-valid interval. */
export interface Difference {
  readonly control: number;
  readonly variant: number;
  /** Variant minus control, in the metric's unit. */
  readonly estimate: number;
  /** Interval that contains the true difference at all times, except with the declared probability. */
  readonly from: number;
  readonly to: number;
}

/** What a test has found about one variant. */
export interface VariantResult {
  readonly variant: string;
  readonly verdict: VariantVerdict;
  /** An earlier verdict that the interval no longer supports. */
  readonly changedFrom?: VariantVerdict;
  /**
   * Unit of the interval. By `values`, each value counts as an independent one: right only if every user has a single value.
   * Missing while there are too few values for a result.
   */
  readonly unit?: "users" | "values";
  /** How many values the control and the variant have. */
  readonly values: { readonly control: number; readonly variant: number };
  /** Missing while there are too few values for a result. */
  readonly difference?: Difference;
  /** One plain phrase with the figures. */
  readonly summary: string;
}
