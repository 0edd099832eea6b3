import { formatLatency, formatMean, formatShare } from "../figures";
import type { TrackStatus } from "./progress";

/** A track on one line: version, weight and what the last seconds showed. */
export function trackLine({ version, weight, window, metrics }: TrackStatus): string {
  const means = Object.entries(metrics).map(([name, mean]) => `${name} ${formatMean(mean)}`);
  return [
    `${version} at ${weight} %`,
    `${window.requestsPerSecond.toFixed(0)} req/s`,
    `p95 ${formatLatency(window.p95)}`,
    `errors ${formatShare(window.errorRate)}`,
    ...means,
  ].join(", ");
}
