/*
 * The one style of every percent, time and count in a message, a table, an alert or a page. This file must not import
 * anything: the report page of a rehearsal embeds its compiled text.
 */

/** Shown where there is no value. */
export const NO_VALUE = "–";

/** A declared share, exactly: `0.001` is `0.1%`. */
export function formatPercent(share: number): string {
  return `${roundComputed(share * 100)}%`;
}

/** A measured share with three significant digits: `0.42%`, `1.3%`, `12%`. */
export function formatShare(share: number | undefined): string {
  return share === undefined ? NO_VALUE : `${formatNumber(share * 100)}%`;
}

/** A declared duration, exactly, in the units of Prometheus and Kubernetes: `1h30m`, `45s`, `250ms`. */
export function formatDuration(seconds: number): string {
  let rest = Math.round(seconds * 1000);
  if (rest === 0) return "0s";
  let text = "";
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
] as const;

/** An elapsed time: `4.2s`, `5m38s`. */
export function formatElapsed(seconds: number): string {
  return seconds < 10 ? `${seconds.toFixed(1)}s` : formatDuration(Math.round(seconds));
}

/** A measured latency with three significant digits, in the unit that reads best: `3.2ms`, `104ms`, `1.25s`. */
export function formatLatency(seconds: number | undefined): string {
  if (seconds === undefined) return NO_VALUE;
  if (seconds > 0 && seconds < 0.0001) return "under 0.1ms";
  return seconds < 1 ? `${formatNumber(seconds * 1000)}ms` : `${formatNumber(seconds)}s`;
}

/** A whole number with thousands separators: `12,345`. An increase from Prometheus can be fractional, so it is rounded. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

/** A measured value with three significant digits, and no exponent for the magnitudes that occur. */
export function formatNumber(value: number | undefined): string {
  if (value === undefined) return NO_VALUE;
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) >= 100) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

/** Names as people list them: `1.0.0, 1.1.0 and 1.2.0`. */
export function formatList(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}

/** A computed number without its last digits, where doubles differ from decimal arithmetic: 0.033, not 0.033000000000000002. */
export function roundComputed(value: number): number {
  return Number(value.toPrecision(6));
}
