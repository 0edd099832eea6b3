import type { Gate } from "../gate";
import { quantileOf, slowerThanLimit } from "../statistics/quantile";
import { addCounts, countsIn, NO_COUNTS, type PodCounts, type ServiceHistory } from "./history";

/** What the service counted in windows of some seconds; windows without requests are left out. */
export function windowsOf({ intervals }: ServiceHistory, seconds: number): readonly PodCounts[] {
  const windows = new Map<number, PodCounts>();
  const first = intervals[0]?.at ?? 0;
  for (const interval of intervals) {
    const index = Math.floor((interval.at - first) / seconds);
    windows.set(index, addCounts(windows.get(index) ?? NO_COUNTS, countsIn(interval)));
  }
  return [...windows.values()].filter(({ requests }) => requests > 0);
}

/** The smallest of some values that a share of them does not exceed; 0 without values. */
export function quantileAmong(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

/** How the past of a service compares with an objective. */
export interface ObjectiveRecord {
  /** The share of failed (or slow) requests in all of the past, and what the objective allows. */
  readonly share: number;
  readonly allowed: number;
  /** Share of the windows in which the objective was missed. */
  readonly missed: number;
  /** The objective that 95% of the windows meet: a share of errors, or a latency in seconds. */
  readonly attainable: number;
}

/** Share of the windows that an attainable objective is met in. */
const ATTAINABLE = 0.95;

/** Undefined for a gate that is not an objective of the service. */
export function recordOf(
  gate: Gate,
  { bounds }: ServiceHistory,
  windows: readonly PodCounts[],
): ObjectiveRecord | undefined {
  const all = windows.reduce(addCounts, NO_COUNTS);
  const shareOfMissed = (isMissed: (window: PodCounts) => boolean): number =>
    windows.filter(isMissed).length / Math.max(1, windows.length);
  if (gate.kind === "error-rate-objective") {
    const rate = ({ errors, requests }: PodCounts): number => (requests > 0 ? errors / requests : 0);
    return {
      share: rate(all),
      allowed: gate.limit,
      missed: shareOfMissed((window) => rate(window) > gate.limit),
      attainable: quantileAmong(windows.map(rate), ATTAINABLE),
    };
  }
  if (gate.kind !== "latency-objective" || bounds.length === 0) return undefined;
  const slow = ({ latency }: PodCounts): number => {
    const { samples, loss } = slowerThanLimit({ bounds, counts: latency }, gate.limitSeconds);
    return samples > 0 ? loss / samples : 0;
  };
  const allowed = 1 - gate.quantile;
  const quantiles = windows.map(({ latency }) => quantileOf({ bounds, counts: latency }, gate.quantile) ?? 0);
  return {
    share: slow(all),
    allowed,
    missed: shareOfMissed((window) => slow(window) > allowed),
    attainable: quantileAmong(quantiles, ATTAINABLE),
  };
}

/** How differently the pods of one version failed at the same time. */
export interface PodDifferences {
  /**
   * The variance of the errors among pods of the same interval, relative to independent errors (Pearson's χ² per degree of
   * freedom): 1 for independent errors, about c for clumps of c on one pod. Undefined without two pods.
   */
  readonly dispersion: number | undefined;
  /** A pod that failed much more often than the others at the same time. */
  readonly worst?: { readonly pod: string; readonly share: number; readonly others: number };
}

/** A pod stands out with this many times the errors that its share of the requests explains, and this many of them. */
const OUTLIER_RATIO = 2;
const OUTLIER_ERRORS = 20;

export function podDifferencesOf({ intervals }: ServiceHistory): PodDifferences {
  let [chiSquare, freedom] = [0, 0];
  const byPod = new Map<string, { requests: number; errors: number; expected: number }>();
  for (const interval of intervals) {
    const { requests, errors } = countsIn(interval);
    const pods = Object.entries(interval.pods).filter(([, counts]) => counts.requests > 0);
    for (const [pod, counts] of pods) {
      const expected = (errors * counts.requests) / requests;
      const sums = byPod.get(pod) ?? { requests: 0, errors: 0, expected: 0 };
      byPod.set(pod, {
        requests: sums.requests + counts.requests,
        errors: sums.errors + counts.errors,
        expected: sums.expected + expected,
      });
      if (expected > 0 && pods.length > 1) chiSquare += (counts.errors - expected) ** 2 / expected;
    }
    if (errors > 0 && pods.length > 1) freedom += pods.length - 1;
  }
  const [worst] = [...byPod].sort(([, a], [, b]) => b.errors - b.expected - (a.errors - a.expected));
  const dispersion = freedom > 0 ? chiSquare / freedom : undefined;
  if (worst === undefined || !standsOut(worst[1])) return { dispersion };
  const [pod, { requests, errors }] = worst;
  const others = [...byPod].filter(([name]) => name !== pod).map(([, sums]) => sums);
  const sum = (key: "requests" | "errors"): number => others.reduce((total, sums) => total + sums[key], 0);
  return { dispersion, worst: { pod, share: errors / requests, others: sum("errors") / Math.max(1, sum("requests")) } };
}

const standsOut = ({ errors, expected }: { readonly errors: number; readonly expected: number }): boolean =>
  errors >= OUTLIER_ERRORS && errors >= OUTLIER_RATIO * expected;

/** The pod with the highest quantile of latency, and the median of all pods. */
export interface SlowestPod {
  readonly pod: string;
  readonly seconds: number;
  readonly median: number;
}

/** Requests from which the latency of a pod is known. */
const KNOWN_REQUESTS = 200;

/** Undefined without two pods whose latency is known. */
export function slowestPodOf({ intervals, bounds }: ServiceHistory, quantile: number): SlowestPod | undefined {
  const byPod = new Map<string, PodCounts>();
  for (const { pods } of intervals)
    for (const [pod, counts] of Object.entries(pods)) byPod.set(pod, addCounts(byPod.get(pod) ?? NO_COUNTS, counts));
  const known = [...byPod].flatMap(([pod, { requests, latency }]) => {
    const seconds = quantileOf({ bounds, counts: latency }, quantile);
    return requests < KNOWN_REQUESTS || seconds === undefined ? [] : [{ pod, seconds }];
  });
  const [slowest] = [...known].sort((a, b) => b.seconds - a.seconds);
  if (slowest === undefined || known.length < 2) return undefined;
  return {
    ...slowest,
    median: quantileAmong(
      known.map(({ seconds }) => seconds),
      0.5,
    ),
  };
}
