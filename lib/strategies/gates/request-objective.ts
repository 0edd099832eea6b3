import type { Gate } from "../gate";
import { binaryLoss, type LossMoments } from "../statistics/loss-moments";
import { slowerThanLimit } from "../statistics/quantile";
import type { Totals } from "../tally";

/** An objective of how many requests may be lost: failed, or slower than a limit. */
export interface RequestObjective {
  /** Share of the requests. */
  readonly limit: number;
  loss(totals: Totals): LossMoments;
}

/** The objective of a gate that judges requests by themselves; undefined for all others. */
export function requestObjective(gate: Gate): RequestObjective | undefined {
  if (gate.kind === "error-rate-objective")
    return { limit: gate.limit, loss: ({ requests, errors }) => binaryLoss(requests, errors) };
  if (gate.kind !== "latency-objective") return undefined;
  return { limit: 1 - gate.quantile, loss: ({ latency }) => slowerThanLimit(latency, gate.limitSeconds) };
}
