import { formatElapsed } from "../../../core/format";
import type { RolloutEvent } from "../../../strategies/decision";
import { formatStage, formatTrack, headline } from "./text";
import type { Progress, RehearsalStatus } from "./progress";

const EVERY_SECONDS = 5;

/** Progress as lines of text, for a pipe or a CI log. */
export class PlainProgress implements Progress {
  private shownAt = 0;

  constructor(private readonly write: (line: string) => void) {}

  step(text: string): void {
    this.write(text);
  }

  event(event: RolloutEvent): void {
    this.write(`[${formatElapsed(event.at)}] ${headline(event)}`);
  }

  status(status: RehearsalStatus): void {
    if (status.wallSeconds - this.shownAt < EVERY_SECONDS) return;
    this.shownAt = status.wallSeconds;
    const tracks = status.tracks.map(formatTrack).join("; ");
    this.write(`[${formatElapsed(status.rolloutSeconds)}] ${formatStage(status)}${tracks}; lost ${status.lost}`);
  }

  end(): void {
    this.shownAt = Infinity;
  }
}
