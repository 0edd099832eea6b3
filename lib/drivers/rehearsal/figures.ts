import { formatDuration } from "../../core/values/duration";

/** A latency in the unit that reads best: `3.2 ms`, `1.25 s`. */
export function formatLatency(seconds: number | undefined): string {
  if (seconds === undefined) return "–";
  return seconds < 1 ? `${(seconds * 1000).toFixed(seconds < 0.01 ? 1 : 0)} ms` : `${seconds.toFixed(2)} s`;
}

/** A share as a percent: `0.42 %`. */
export function formatShare(share: number | undefined, digits = 2): string {
  return share === undefined ? "–" : `${(share * 100).toFixed(digits)} %`;
}

/** A time on a clock: `4.2s`, `5m38s`. */
export function formatTime(seconds: number): string {
  return seconds < 10 ? `${seconds.toFixed(1)}s` : formatDuration(Math.round(seconds));
}

/** Real milliseconds, with as many digits as are worth reading. */
export function formatMilliseconds(milliseconds: number): string {
  if (milliseconds < 0.1) return "under 0.1 ms";
  return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
}

/** A whole number with its thousands apart: `12,345`. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** The mean of a business metric, in its own unit. */
export function formatMean(mean: number | undefined): string {
  return mean === undefined ? "–" : Number(mean.toPrecision(4)).toString();
}
