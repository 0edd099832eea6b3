import { bucketOf, bucketOwners } from "../../../strategies/ab-test/buckets";
import type { Weights } from "../../../strategies/decision";
import type { Random } from "../../../core/random";

/** Chooses a track for each request, by whole percents. */
export class TrackChooser {
  private entries: readonly (readonly [track: string, weight: number])[] = [];
  private owners: readonly string[] = [];

  constructor(
    private readonly random: Random,
    /** Makes users sticky: each is hashed with it to a track. Without it, a track is drawn for every request. */
    private readonly salt?: string,
  ) {}

  set(weights: Weights): void {
    this.entries = Object.entries(weights).filter(([, weight]) => weight > 0);
    this.owners = bucketOwners(weights);
  }

  pick(user?: string): string {
    const owner = user === undefined || this.salt === undefined ? undefined : this.owners[bucketOf(user, this.salt)];
    return owner ?? this.draw();
  }

  private draw(): string {
    let point = this.random() * this.entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [track, weight] of this.entries) {
      point -= weight;
      if (point < 0) return track;
    }
    throw new Error("the split has no track with a weight");
  }
}
