import type { Weights } from "../../strategies/decision";
import type { Random } from "./random";

/** Chooses a track for each request, by whole percents. */
export class TrackChooser {
  private entries: readonly (readonly [track: string, weight: number])[] = [];

  constructor(private readonly random: Random) {}

  set(weights: Weights): void {
    this.entries = Object.entries(weights).filter(([, weight]) => weight > 0);
  }

  pick(): string {
    let point = this.random() * this.entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [track, weight] of this.entries) {
      point -= weight;
      if (point < 0) return track;
    }
    throw new Error("the split has no track with a weight");
  }
}
