/** "1.3 %", "0.04 %", "12 %": two or three figures that a reader can compare. */
export function percent(share: number): string {
  return `${figures(share * 100)} %`;
}

/** "2.1 s", "104 ms", "0.8 ms". */
export function seconds(value: number): string {
  return value >= 1 ? `${figures(value)} s` : `${figures(value * 1000)} ms`;
}

/** Rounded to three significant figures, without an exponent for the sizes that occur. */
export function figures(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) >= 100) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

/** Whole counts: an increase read from Prometheus can be fractional. */
export function count(value: number): string {
  return String(Math.round(value));
}

/** "0:42", "12:05", "1:03:00". */
export function clock(elapsedSeconds: number): string {
  const whole = Math.max(0, Math.floor(elapsedSeconds));
  const two = (n: number): string => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
