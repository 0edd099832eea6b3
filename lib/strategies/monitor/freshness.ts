/** When a track's counters increased in the present hold time. Times are seconds on the driver's clock. */
export interface Freshness {
  /** When the hold time began, and when the counters last increased. */
  readonly since: number;
  readonly newest: number;
  /** The longest time without an increase, and how many increases there were. */
  readonly longestGap: number;
  readonly increases: number;
}

/** Maximum age of the newest sample or reading of a track, in scrapes: one may fail. */
export const MAX_AGE_SCRAPES = 2;

/** A hold time must have samples in every third of it. */
const PARTS = 3;

/** Maximum age of the newest sample in mean gaps between samples, where requests are rarer than scrapes. */
const MAX_MEAN_GAPS = 5;

export const freshFrom = (at: number): Freshness => ({ since: at, newest: at, longestGap: 0, increases: 0 });

export function withIncrease(freshness: Freshness, at: number): Freshness {
  const { newest, longestGap, increases } = freshness;
  return { ...freshness, newest: at, longestGap: Math.max(longestGap, at - newest), increases: increases + 1 };
}

/** Says why the samples of a hold time do not cover all of it; undefined when they do. */
export function describeStaleness(
  { since, newest, longestGap, increases }: Freshness,
  at: number,
  scrapeSeconds: number,
): string | undefined {
  const [elapsed, age] = [at - since, at - newest];
  const meanGap = elapsed / Math.max(1, increases);
  if (increases === 0 || age > Math.max(MAX_AGE_SCRAPES * scrapeSeconds, MAX_MEAN_GAPS * meanGap))
    return `no new samples for ${Math.round(age)}s`;
  const gap = Math.max(longestGap, age);
  if (gap > elapsed / PARTS) return `no samples for ${Math.round(gap)}s of ${Math.round(elapsed)}s`;
  return undefined;
}
