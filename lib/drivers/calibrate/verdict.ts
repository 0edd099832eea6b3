/** Whether the past of the service supports what the plan claims. */
export type CalibrationVerdict = "within-claim" | "over-claim" | "not-enough-history";

/** The verdict from the interval of the false-alarm rate. */
export function verdictOf(
  { low, high }: { readonly low: number; readonly high: number },
  claim: number,
): CalibrationVerdict {
  if (low > claim) return "over-claim";
  return high <= claim ? "within-claim" : "not-enough-history";
}
