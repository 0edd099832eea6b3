const TIMEOUT = /^(\d{1,8})([HMSmun])$/;
const MILLISECONDS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };
/** Node's timers take no more. */
const LONGEST = 2 ** 31 - 1;

/** Whether the value of the header `grpc-timeout` is valid. */
export function isTimeout(value: string | readonly string[]): boolean {
  return typeof value === "string" && TIMEOUT.test(value);
}

/** The milliseconds of a valid `grpc-timeout`, such as `100m`. */
export function timeoutMillisecondsOf(value: string): number {
  const [, count, unit = ""] = TIMEOUT.exec(value) ?? [];
  return Math.min(Number(count) * (MILLISECONDS[unit] ?? 1), LONGEST);
}
