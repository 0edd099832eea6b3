import type { Observation, TrackCounts } from "../../lib/strategies/observation";
import { Random } from "../support/random";
import { laggingReplica, missing, scrapedEvery, type Reader } from "../support/streams/readers";
import { restarting } from "../support/streams/restarts";
import { Snapshots } from "../support/streams/snapshots";

/** Reads two tracks with 10 requests/s, every five seconds of an hour. */
function read(reader: Reader): Observation[] {
  const [snapshots, readAt] = [new Snapshots(150), reader(new Random(1))];
  return Array.from({ length: 720 }, (_, i) => {
    const at = 5 * i;
    const observation = { at, tracks: { stable: counts(10 * at), canary: counts(10 * at) } };
    snapshots.add(observation);
    return readAt(snapshots, observation);
  });
}

const counts = (requests: number): TrackCounts => ({
  requests,
  errors: requests / 10,
  latency: { bounds: [1], counts: [requests, 0] },
  metrics: {},
  readyReplicas: 4,
});

/** Ages of what was read of a track, in seconds. */
const ages = (observations: readonly Observation[], track: string): number[] =>
  observations.slice(20).map(({ at, tracks }) => at - (tracks[track]?.requests ?? NaN) / 10);

test("each track is as old as its own latest scrape", () => {
  const observations = read(scrapedEvery(30));
  const [stable, canary] = [ages(observations, "stable"), ages(observations, "canary")];
  // Snapshots are five seconds apart.
  for (const each of [stable, canary]) expect([Math.min(...each), Math.max(...each)]).toEqual([5, 30]);
  expect(stable).not.toEqual(canary);
});

test("two replicas of Prometheus answer by turns", () => {
  const observations = read(laggingReplica(60));
  expect(new Set(ages(observations, "stable"))).toEqual(new Set([0, 60]));
  expect(ages(observations, "stable")).toEqual(ages(observations, "canary"));
});

test("readings are missing on each track by itself", () => {
  const observations = read(missing(0.1));
  const share = (track: string) => observations.filter(({ tracks }) => tracks[track] === undefined).length / 720;
  for (const track of ["stable", "canary"]) expect(Math.abs(share(track) - 0.1)).toBeLessThan(0.04);
  expect(observations.some(({ tracks }) => tracks["stable"] === undefined && tracks["canary"] !== undefined)).toBe(
    true,
  );
});

test("a restart loses a quarter of the counts, and its start is known if it is reported", () => {
  for (const reported of [true, false]) {
    const tracks = read(restarting(4, 600, reported)).map(({ tracks: { stable } }) => stable);
    const restarts = tracks.filter((each, i) => (each?.requests ?? 0) < (tracks[i - 1]?.requests ?? 0));
    expect(restarts.length).toBeGreaterThan(1);
    const starts = new Set(tracks.map((each) => each?.startedAt));
    expect(starts.size).toBe(reported ? restarts.length + 1 : 1);
  }
});
