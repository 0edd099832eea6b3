import contract from "../../serving-image/contract.json";
import type { HistoryInterval, PodCounts, ServiceHistory } from "../../lib/strategies/calibration/history";
import { Random } from "./random";
import { addMultinomial, binomial, lognormalBuckets, poisson } from "./streams/sampling";

/** How the pods of a service behaved at one time. */
export interface PastConditions {
  readonly requestsPerSecond: number;
  readonly errorRate: number;
  /** How many errors come together on one pod. */
  readonly clump: number;
  readonly medianLatency: number;
}

/** The past of a service: usual conditions, and what differs by time or pod. */
export interface ServicePast {
  readonly hours: number;
  readonly pods: number;
  readonly usual?: Partial<PastConditions>;
  readonly differs?: (secondsSinceStart: number, pod: number, usual: PastConditions) => PastConditions;
  readonly seed?: number;
}

const USUAL: PastConditions = { requestsPerSecond: 50, errorRate: 0.0004, clump: 1, medianLatency: 0.03 };

const STEP_SECONDS = 60;
/** 2026-05-01T00:00:00Z. */
export const PAST_START = 1_777_593_600;
const BOUNDS: readonly number[] = contract.buckets.durationSeconds;

/** The history of a service with some past, a minute in each interval. */
export function historyOf({ hours, pods, usual, differs, seed = 1 }: ServicePast): ServiceHistory {
  const random = new Random(seed);
  const conditions = { ...USUAL, ...usual };
  const intervals = Array.from({ length: (hours * 3600) / STEP_SECONDS }, (_, i): HistoryInterval => {
    const counts = Array.from({ length: pods }, (_each, pod): [string, PodCounts] => {
      const present = differs?.(i * STEP_SECONDS, pod, conditions) ?? conditions;
      return [`digits-${pod}`, countsOf(random, present, pods)];
    });
    return { at: PAST_START + (i + 1) * STEP_SECONDS, pods: Object.fromEntries(counts) };
  });
  return { stepSeconds: STEP_SECONDS, bounds: BOUNDS, metrics: [], intervals };
}

function countsOf(
  random: Random,
  { requestsPerSecond, errorRate, clump, medianLatency }: PastConditions,
  pods: number,
): PodCounts {
  const requests = poisson(random, (requestsPerSecond * STEP_SECONDS) / pods);
  const errors =
    clump === 1
      ? binomial(random, requests, errorRate)
      : Math.min(requests, clump * poisson(random, (requests * errorRate) / clump));
  const latency = new Array<number>(BOUNDS.length + 1).fill(0);
  addMultinomial(random, latency, requests, lognormalBuckets(BOUNDS, medianLatency, 0.5));
  return { requests, errors, latency, metrics: {} };
}

/** A history as a CSV file of counts. */
export function csvOf({ bounds, intervals }: ServiceHistory): string {
  const header = ["at", "pod", "requests", "errors", ...bounds.map((bound) => `le_${bound}`)].join();
  const lines = intervals.flatMap(({ at, pods }) =>
    Object.entries(pods).map(([pod, { requests, errors, latency }]) => {
      let upTo = 0;
      return [at, pod, requests, errors, ...latency.slice(0, -1).map((count) => (upTo += count))].join();
    }),
  );
  return [header, ...lines, ""].join("\n");
}
