import { formatLatency, formatNumber, formatShare } from "../../../core/format";
import type { RehearsalStatus, TrackStatus } from "./progress";

/** A track on one line: version, weight and what the last seconds showed. */
export function trackLine({ version, window, metrics, ...track }: TrackStatus): string {
  const means = Object.entries(metrics).map(([name, mean]) => `${name} ${formatNumber(mean)}`);
  return [
    `${version} at ${weightWords(track)}`,
    `${window.requestsPerSecond.toFixed(0)} req/s`,
    `p95 ${formatLatency(window.p95)}`,
    `errors ${formatShare(window.errorRate)}`,
    ...means,
  ].join(", ");
}

/** How much of the traffic a track gets, or a copy of how much. */
export function weightWords({ weight, mirror }: Pick<TrackStatus, "weight" | "mirror">): string {
  return mirror > 0 ? `copy ${mirror}%` : `${weight}%`;
}

/** Which stage it is, in front of more; nothing where stages are not counted. */
export function stageWords({ stage, stages }: Pick<RehearsalStatus, "stage" | "stages">): string {
  return stages > 0 ? `stage ${stage} of ${stages}: ` : "";
}
