import type { Observation, TrackCounts } from "../../../lib/strategies/observation";

/** The counts of all tracks over the last minutes, newest first. */
export class Snapshots {
  private readonly kept: Observation[] = [];

  constructor(
    /** How far back a reader may look, in seconds. */
    private readonly maxAge: number,
  ) {}

  add(observation: Observation): void {
    this.kept.unshift(observation);
    while (observation.at - (this.kept.at(-1)?.at ?? observation.at) > this.maxAge) this.kept.pop();
  }

  /** The counts of a track at a time, or at the latest snapshot before it; the oldest where there is none. */
  read(track: string, at: number): TrackCounts | undefined {
    const snapshot = this.kept.find((each) => each.at <= at) ?? this.kept.at(-1);
    return snapshot?.tracks[track];
  }
}

/** How far back a reader may look. */
export const MAX_AGE_SECONDS = 150;
