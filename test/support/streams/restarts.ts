import type { TrackCounts } from "../../../lib/strategies/observation";
import { perTrack, type Reader } from "./readers";

/**
 * Replicas restart at random times, about once in `meanSeconds` on each track, and their counters with them. With `reportsStart` the
 * start of the newest replica is known.
 */
export const restarting =
  (replicas: number, meanSeconds: number, reportsStart: boolean): Reader =>
  (random) => {
    const lost = new Map<string, { counts: TrackCounts; startedAt: number }>();
    const nextRestart = new Map<string, number>();
    const draw = (at: number): number => at - meanSeconds * Math.log(1 - random.next());
    return perTrack((snapshots, track, at) => {
      const counts = snapshots.read(track, at);
      if (counts === undefined) return undefined;
      if (!nextRestart.has(track)) nextRestart.set(track, draw(at));
      if (at >= (nextRestart.get(track) ?? Infinity)) {
        nextRestart.set(track, draw(at));
        const before = lost.get(track)?.counts;
        lost.set(track, { counts: plusShare(before, counts, 1 / replicas), startedAt: at });
      }
      const since = lost.get(track);
      if (since === undefined) return reportsStart ? { ...counts, startedAt: 0 } : counts;
      return { ...minus(counts, since.counts), ...(reportsStart && { startedAt: since.startedAt }) };
    });
  };

/** What was lost before, and a share of what is left, in whole counts. */
function plusShare(lost: TrackCounts | undefined, counts: TrackCounts, share: number): TrackCounts {
  const left = lost === undefined ? counts : minus(counts, lost);
  const part = mapCounts(left, (value) => Math.floor(value * share));
  return lost === undefined ? part : combine(lost, part, (a, b) => a + b);
}

const minus = (a: TrackCounts, b: TrackCounts): TrackCounts => combine(a, b, (x, y) => x - y);

const mapCounts = (counts: TrackCounts, map: (value: number) => number): TrackCounts =>
  combine(counts, counts, (value) => map(value));

function combine(a: TrackCounts, b: TrackCounts, f: (a: number, b: number) => number): TrackCounts {
  const buckets = a.latency.counts.map((count, i) => f(count, b.latency.counts[i] ?? 0));
  const metrics = Object.entries(a.metrics).map(([name, sums]) => {
    const other = b.metrics[name] ?? { count: 0, sum: 0, sumOfSquares: 0 };
    return [
      name,
      {
        count: f(sums.count, other.count),
        sum: f(sums.sum, other.sum),
        sumOfSquares: f(sums.sumOfSquares, other.sumOfSquares),
      },
    ];
  });
  return {
    ...a,
    requests: f(a.requests, b.requests),
    errors: f(a.errors, b.errors),
    latency: { ...a.latency, counts: buckets },
    metrics: Object.fromEntries(metrics) as TrackCounts["metrics"],
  };
}
