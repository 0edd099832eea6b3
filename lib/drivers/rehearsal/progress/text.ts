import { formatCount, formatLatency, formatNumber, formatShare } from "../../../core/format";
import type { RolloutEvent } from "../../../strategies/decision";
import type { RehearsalStatus, TrackStatus } from "./progress";

/** A track on one line: version, weight, and the last seconds at the router. */
export function formatTrack({ version, window, metrics, ...track }: TrackStatus): string {
  const means = Object.entries(metrics).map(([name, mean]) => `${name} ${formatNumber(mean)}`);
  return [
    `${version} at ${formatWeight(track)}`,
    `${formatCount(window.requestsPerSecond)} req/s`,
    `p95 ${formatLatency(window.p95)}`,
    `errors ${formatShare(window.errorRate)}`,
    ...means,
  ].join(", ");
}

/** A track's share of the traffic, or of the copies. */
export function formatWeight({ weight, mirror }: Pick<TrackStatus, "weight" | "mirror">): string {
  return mirror > 0 ? `copy ${mirror}%` : `${weight}%`;
}

/** A prefix with the number of the stage; empty if the strategy has no stages. */
export function formatStage({ stage, stages }: Pick<RehearsalStatus, "stage" | "stages">): string {
  return stages > 0 ? `stage ${stage} of ${stages}: ` : "";
}

/** Long lists of figures: the report's tables show them all. */
const BRACKETS = / \([^()]{40,}\)/;
const FURTHER = /; .*$/s;

/** An event's message, shortened for a log. */
export function headline({ kind, message }: RolloutEvent): string {
  const short = message.replace(BRACKETS, "");
  return kind === "extended" ? short.replace(FURTHER, " …") : short;
}

/** The events of one evaluation, without failed gates whose figures the last event repeats. */
export function withoutRepetition(events: readonly RolloutEvent[]): readonly RolloutEvent[] {
  const end = events.at(-1);
  return events.filter(
    (event) => event.kind !== "gate-failed" || event === end || !end?.message.includes(figuresOf(event)),
  );
}

function figuresOf({ message }: RolloutEvent): string {
  return message.slice(message.indexOf(": ") + 2);
}
