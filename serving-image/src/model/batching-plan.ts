import type { BatchingConfig } from "../config/settings";
import type { ModelSignature } from "../protocol/datatypes";
import { compareBatched, type Comparison } from "./compare-batched";
import type { RowIndependence } from "./graph/rows/row-independence";
import type { ModelRunner } from "./session";
import type { SampleInputs } from "./warm-up/invented-inputs";

/** How many rows may share a run of the model, and why. */
export interface BatchingPlan {
  readonly maxRows: number;
  /** Whether the first dimension of every tensor is the batch dimension. */
  readonly isBatched: boolean;
  /** Whether a result that shared a run is that of a run alone, bit for bit. */
  readonly isExact: boolean;
  /** The operators of the model, runs of it, or the settings. */
  readonly decidedBy: "graph" | "measurement" | "settings";
  readonly reason: string;
  /** What was compared; undefined if nothing had to be. */
  readonly measured?: Omit<Comparison, "similarity">;
}

/**
 * Determines whether requests may share a run. Whether the result of a row can depend on the other rows is read from the
 * graph, since no measurement can show that it never does. Whether it is also rounded in the same way is measured.
 */
export async function planBatching(
  session: ModelRunner,
  sample: SampleInputs,
  { maxBatchSize, exact }: BatchingConfig,
  rows: RowIndependence,
): Promise<BatchingPlan> {
  if (!isBatchable(session.signature)) return alone("graph", "the model has no batch dimension");
  if (maxBatchSize === 1) return alone("settings", "batching.maxBatchSize is 1");
  const isIndependent = rows.verdict === "independent";
  const because = rows.reason ?? "";
  if (!isIndependent && exact) {
    return { ...alone("graph", describeDependence(rows)), isBatched: rows.isPrecision ?? false };
  }
  if (rows.rounding !== undefined && exact) {
    return { ...alone("graph", `${rows.rounding}, and batching.exact is true`), isBatched: true };
  }
  const together = { maxRows: maxBatchSize, isBatched: true, isExact: false };
  let comparison: Comparison;
  try {
    comparison = await compareBatched(session, sample, { maxBatchSize, isMixed: isIndependent, isExact: exact });
  } catch {
    return alone("measurement", "the model cannot compute several rows at once");
  }
  const { similarity, ...measured } = comparison;
  // With dynamic quantization they are bound to differ, and the settings accept that.
  if (similarity === "different" && !rows.isPrecision) {
    return { ...alone("measurement", "the result of a row depends on the other rows of the batch"), measured };
  }
  if (similarity === "equal" && isIndependent && rows.rounding === undefined) {
    const reason = "no operator mixes rows, and batched results are bit-identical";
    return { ...together, isExact: true, decidedBy: "measurement", reason, measured };
  }
  if (exact) {
    const reason = "batched results are rounded differently, and batching.exact is true";
    return { maxRows: 1, isBatched: true, isExact: true, decidedBy: "measurement", reason, measured };
  }
  const reason = isIndependent
    ? "rounding differences are accepted, since batching.exact is false"
    : `batching.exact is false, although ${because}`;
  return { ...together, decidedBy: "settings", reason, measured };
}

/** Each request has a run of its own. */
function alone(decidedBy: BatchingPlan["decidedBy"], reason: string): BatchingPlan {
  return { maxRows: 1, isBatched: false, isExact: true, decidedBy, reason };
}

function describeDependence({ verdict, reason = "" }: RowIndependence): string {
  return verdict === "coupled" ? reason : `rows may depend on each other: ${reason}`;
}

/** Whether the first dimension of every tensor is dynamic. */
export function isBatchable({ inputs, outputs }: ModelSignature): boolean {
  return inputs.length > 0 && [...inputs, ...outputs].every(({ shape }) => shape[0] === -1);
}

/** The decision in words, without the reason. */
export function describePlan({ maxRows }: Pick<BatchingPlan, "maxRows">): string {
  return maxRows === 1 ? "each request has a run of its own" : `up to ${maxRows} rows share a run`;
}
