import type { Observation, TrackCounts } from "../../../lib/strategies/observation";
import type { Random } from "../random";
import type { Snapshots } from "./snapshots";

/** What a driver reads at a time, where it differs from what was counted. */
export type Read = (snapshots: Snapshots, observation: Observation) => Observation;

/** Called once for each rollout, to draw the phases and incidents of its sources. */
export type Reader = (random: Random) => Read;

/** Reads what was counted. */
export const perfectReader: Reader = () => (_snapshots, observation) => observation;

/** Replaces the counts of each track; a track without any is missing. */
export const perTrack =
  (counts: (snapshots: Snapshots, track: string, at: number) => TrackCounts | undefined): Read =>
  (snapshots, { at, tracks }) => {
    const read = Object.keys(tracks).map((track) => [track, counts(snapshots, track, at)] as const);
    return { at, tracks: Object.fromEntries(read.filter(([, each]) => each !== undefined)) as Observation["tracks"] };
  };

/**
 * Each track is scraped at an interval of its own, whose phase is drawn: the counts of one track are up to a whole interval
 * older than those of the other.
 */
export const scrapedEvery =
  (seconds: number): Reader =>
  (random) => {
    const phases = new Map<string, number>();
    return perTrack((snapshots, track, at) => {
      const phase = phases.get(track) ?? random.next() * seconds;
      phases.set(track, phase);
      return snapshots.read(track, Math.floor((at - phase) / seconds) * seconds + phase);
    });
  };

/** The counts of each track are older by a time that is drawn at every reading. */
export const delayedUpTo =
  (seconds: number): Reader =>
  (random) =>
    perTrack((snapshots, track, at) => snapshots.read(track, at - random.next() * seconds));

/** Two replicas of Prometheus answer by turns, one of which lags. */
export const laggingReplica =
  (seconds: number): Reader =>
  (random) =>
  (snapshots, observation) => {
    const lag = random.chance(0.5) ? seconds : 0;
    return perTrack((kept, track, at) => kept.read(track, at - lag))(snapshots, observation);
  };

/** Readings of a track that are missing. */
export const missing =
  (share: number): Reader =>
  (random) =>
    perTrack((snapshots, track, at) => (random.chance(share) ? undefined : snapshots.read(track, at)));

/** No track can be read for some minutes in every hour. */
export const gaps =
  (seconds: number, period: number): Reader =>
  (random) => {
    const phase = random.next() * period;
    return perTrack((snapshots, track, at) =>
      (at + phase) % period < seconds ? undefined : snapshots.read(track, at),
    );
  };
