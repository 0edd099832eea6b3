import type { Gate } from "../gate";
import { divergence } from "../statistics/excess";
import type { LossMoments } from "../statistics/loss-moments";
import { requestObjective } from "./request-objective";

const { ceil, log1p, max, min, sqrt } = Math;

/**
 * How many times its limit an objective must exclude before it passes. A rate at the limit cannot be distinguished from one a little
 * above it, so what lies between the two is a matter of indifference.
 */
export const INDIFFERENCE_RATIO = 2;

/** Standard errors of a one-sided confidence of 95%. */
export const CLEARANCE_Z = 1.645;

/** With a limit of more than half, twice the limit would be everything. */
const excluded = (limit: number): number => min(INDIFFERENCE_RATIO * limit, (1 + limit) / 2);

/** How far a rate lies below what its objective must exclude, in standard errors, by the likelihood ratio; 0 if it does not. */
export function clearanceUnder({ samples, loss }: LossMoments, limit: number): number {
  const rate = samples > 0 ? loss / samples : 1;
  return rate < excluded(limit) ? sqrt(2 * samples * divergence(rate, excluded(limit))) : 0;
}

/** Requests that a stage needs at least, with none lost, before all objectives can pass. */
export function samplesToPass(gates: readonly Gate[], minimumSamples: number): number {
  const limits = gates.flatMap((gate) => requestObjective(gate)?.limit ?? []);
  return max(minimumSamples, ...limits.filter((limit) => limit > 0).map(samplesWithoutLoss));
}

const samplesWithoutLoss = (limit: number): number => ceil(CLEARANCE_Z ** 2 / (-2 * log1p(-excluded(limit))));
