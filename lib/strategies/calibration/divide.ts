import { randomStream, type Random } from "../../core/random";
import type { MetricSums } from "../observation";
import type { Pair } from "../pair";
import { binomial } from "../statistics/sampling";
import { addCounts, countsIn, NO_COUNTS, type HistoryInterval, type PodCounts } from "./history";

/** What is divided between two roles that one version plays. */
export const DivisionUnit = {
  /**
   * Each pod plays one role, the same one as long as the weights stay. Clumps and slow pods stay whole, and both roles are
   * of the same time. The smallest share is one pod.
   */
  Pods: "pods",
  /**
   * Each interval belongs to one role. Clumps stay whole, but an incident of both roles that is shorter than a few intervals
   * falls on one of them.
   */
  Intervals: "intervals",
  /** Each request plays a role of its own. Any share is exact and of the same time, but clumps are torn apart. */
  Requests: "requests",
} as const;
export type DivisionUnit = (typeof DivisionUnit)[keyof typeof DivisionUnit];

/** Divides the counts of an interval, of which the candidate's share is between 0 and 1. */
export type Division = (index: number, interval: HistoryInterval, share: number) => Pair<PodCounts>;

/** A division that depends on nothing but the seed. */
export function divisionOf(unit: DivisionUnit, seed: number): Division {
  const random = randomStream(seed, `calibration by ${unit}`);
  switch (unit) {
    case DivisionUnit.Pods:
      return byPods(random);
    case DivisionUnit.Intervals:
      return byIntervals(random);
    case DivisionUnit.Requests:
      return byRequests(random);
  }
}

/** Pods join the candidate in a random order as its share rises, and leave the baseline in that order. */
function byPods(random: Random): Division {
  const ranks = new Map<string, number>();
  const rankOf = (pod: string): number => {
    const rank = ranks.get(pod) ?? random();
    ranks.set(pod, rank);
    return rank;
  };
  return (_index, { pods }, share) => {
    const names = Object.keys(pods)
      .map((name) => ({ name, rank: rankOf(name) }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ name }) => name);
    const candidates = podsFor(share, names.length);
    const sum = (of: readonly string[]) =>
      of.reduce((counts, pod) => addCounts(counts, pods[pod] ?? NO_COUNTS), NO_COUNTS);
    return { candidate: sum(names.slice(0, candidates)), baseline: sum(names.slice(candidates)) };
  };
}

/** The number of pods whose share is nearest; each role that has a share has at least one pod. */
export function podsFor(share: number, pods: number): number {
  if (share <= 0) return 0;
  if (share >= 1) return pods;
  return Math.min(Math.max(Math.round(share * pods), 1), Math.max(1, pods - 1));
}

/** Intervals take turns as evenly as the share allows, from a random phase. */
function byIntervals(random: Random): Division {
  const phase = random();
  return (index, interval, share) => {
    const isCandidate = Math.floor((index + 1) * share + phase) > Math.floor(index * share + phase);
    const counts = countsIn(interval);
    return isCandidate ? { candidate: counts, baseline: NO_COUNTS } : { candidate: NO_COUNTS, baseline: counts };
  };
}

function byRequests(random: Random): Division {
  return (_index, interval, share) => {
    const all = countsIn(interval);
    const candidate = thinned(random, all, share);
    return { candidate, baseline: without(all, candidate) };
  };
}

/** Each request, with its error, latency and value, is kept with a probability. */
function thinned(random: Random, { requests, errors, latency, metrics }: PodCounts, share: number): PodCounts {
  const keep = (count: number): number => binomial(random, Math.round(count), share);
  const keptErrors = keep(errors);
  return {
    errors: keptErrors,
    requests: keptErrors + keep(requests - errors),
    latency: latency.map(keep),
    metrics: Object.fromEntries(
      Object.entries(metrics).map(([name, { count, sum }]): [string, MetricSums] => {
        const ones = keep(sum);
        return [name, { count: ones + keep(count - sum), sum: ones, sumOfSquares: ones }];
      }),
    ),
  };
}

function without(all: PodCounts, part: PodCounts): PodCounts {
  const minus = (from: number, some: number): number => Math.max(0, from - some);
  return {
    requests: minus(all.requests, part.requests),
    errors: minus(all.errors, part.errors),
    latency: all.latency.map((count, i) => minus(count, part.latency[i] ?? 0)),
    metrics: Object.fromEntries(
      Object.entries(all.metrics).map(([name, sums]): [string, MetricSums] => {
        const { count = 0, sum = 0 } = part.metrics[name] ?? {};
        const rest = minus(sums.sum, sum);
        return [name, { count: minus(sums.count, count), sum: rest, sumOfSquares: rest }];
      }),
    ),
  };
}
