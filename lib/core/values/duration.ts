const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400 };
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/y;

/**
 * Seconds of a duration such as `"30m"`, `"1h30m"` or `"100ms"`; `undefined` for anything else, including a bare number and
 * fractions of a millisecond.
 */
export function parseDuration(text: string): number | undefined {
  if (text === "") return undefined;
  let milliseconds = 0;
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const part = PART.exec(text);
    if (!part) return undefined;
    milliseconds += Number(part[1]) * Math.round((SECONDS[part[2] as string] as number) * 1000);
  }
  const whole = Math.round(milliseconds);
  return Math.abs(whole - milliseconds) < 1e-6 ? whole / 1000 : undefined;
}
