import { formatCount, formatLatency, formatNumber, formatShare } from "../../../core/format";
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
