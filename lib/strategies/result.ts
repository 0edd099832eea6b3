/** What is found of a variant, so far or for good. */
export type VariantVerdict = "winner" | "worse" | "no-difference" | "guardrail-broken" | "not-enough-data";

/** How far a variant's mean is from the control's, and how sure that is at any moment. */
export interface Difference {
  readonly control: number;
  readonly variant: number;
  /** Variant less control, in the metric's unit. */
  readonly estimate: number;
  /** An interval that holds the true difference at all moments together, but for the chance that was asked. */
  readonly from: number;
  readonly to: number;
}

/** What a test says of one variant. */
export interface VariantResult {
  readonly variant: string;
  readonly verdict: VariantVerdict;
  /** Values of the control and of the variant. */
  readonly values: { readonly control: number; readonly variant: number };
  /** Missing while there are too few values to say anything. */
  readonly difference?: Difference;
  /** One plain phrase with the figures. */
  readonly summary: string;
}
