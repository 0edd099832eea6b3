import type { Gate } from "../gate";
import type { BucketCounts } from "../observation";
import { clusterMean, pooledDesignEffect, type ClusterSums, type ComparedMean } from "../statistics/cluster-mean";
import { controlOf, type AbTestPolicy, type AbTestState } from "./policy";
import { valuesOf } from "./results";

const { max, sqrt } = Math;

/** Standard errors above the estimate: with a few groups, or a few users who fail, it can be too low by chance. */
const ERRORS_ABOVE = 2;

/**
 * How many times larger the variance of a guardrail is between users than between independent requests, because some users
 * fail with all of their requests. It comes from the groups of the control and of the variant, each around its own mean, so
 * that a regression does not hide itself. 1 where nothing is counted by group, as with latencies.
 */
export function dispersionOf(policy: AbTestPolicy, state: AbTestState, variant: string, gateId: string): number {
  const gate = policy.gates.find(({ id }) => id === gateId);
  if (gate === undefined) return 1;
  const tracks = [controlOf(policy), variant];
  return upperEstimate(tracks.flatMap((track) => comparedMean(policy, state, gate, track) ?? []));
}

function upperEstimate(means: readonly ComparedMean[]): number {
  const degreesOfFreedom = means.reduce((sum, { estimate }) => sum + estimate.degreesOfFreedom, 0);
  if (degreesOfFreedom <= 0) return 1;
  return max(1, pooledDesignEffect(means) * (1 + ERRORS_ABOVE * sqrt(2 / degreesOfFreedom)));
}

function comparedMean(policy: AbTestPolicy, state: AbTestState, gate: Gate, track: string): ComparedMean | undefined {
  const counts = state.users[track]?.buckets?.total;
  const clusters = counts && clustersOf(gate, counts);
  const estimate = clusters && clusterMean(clusters);
  if (estimate === undefined) return undefined;
  const { count, mean } = estimate;
  const variance = "metric" in gate ? varianceOfValues(policy, state, gate.metric, track) : mean * (1 - mean);
  return { estimate, independent: variance / count };
}

function clustersOf(gate: Gate, { requests, errors, metrics }: BucketCounts): ClusterSums | undefined {
  if ("metric" in gate) return metrics[gate.metric];
  const countsErrors = gate.kind === "error-rate-objective" || gate.kind === "error-rate-comparison";
  return countsErrors ? { counts: requests, sums: errors } : undefined;
}

function varianceOfValues(policy: AbTestPolicy, state: AbTestState, metric: string, track: string): number {
  const { count, sum, sumOfSquares } = valuesOf(policy, state, track, metric);
  return count > 0 ? max(0, sumOfSquares / count - (sum / count) ** 2) : 0;
}
