import type { MetricSums, TrackCounts } from "../../../lib/strategies/observation";
import { NO_REWARDS } from "../../../lib/strategies/bandit/rewards";
import type { RewardStream } from "./reward-simulation";

type Reader = NonNullable<RewardStream["reader"]>;

/** One reading in five lacks an arm, and every tenth hour nothing can be read. */
export const missingReadings: Reader = (random) => (observation) => {
  const { at, tracks } = observation;
  if ((at / 3600) % 10 >= 9) return { at, tracks: {} };
  if (!random.chance(0.2)) return observation;
  const arms = Object.keys(tracks);
  const lost = arms[Math.floor(random.next() * arms.length)];
  return { at, tracks: Object.fromEntries(Object.entries(tracks).filter(([arm]) => arm !== lost)) };
};

/** About once an hour the servers of an arm restart, and their counters start at 0 again. */
export const restartedCounters: Reader = (random) => {
  const before = new Map<string, MetricSums>();
  return ({ at, tracks }) => ({
    at,
    tracks: Object.fromEntries(
      Object.entries(tracks).map(([arm, counts]) => {
        const now = counts.metrics["clicked"] ?? NO_REWARDS;
        if (random.chance(1 / 60)) before.set(arm, now);
        return [arm, sinceRestart(counts, now, before.get(arm) ?? NO_REWARDS)];
      }),
    ),
  });
};

function sinceRestart(counts: TrackCounts, now: MetricSums, before: MetricSums): TrackCounts {
  const clicked = {
    count: now.count - before.count,
    sum: now.sum - before.sum,
    sumOfSquares: now.sumOfSquares - before.sumOfSquares,
  };
  return { ...counts, metrics: { clicked } };
}
