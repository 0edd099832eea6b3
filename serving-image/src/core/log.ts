import pino from "pino";

export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type Log = pino.Logger;

/** Writes JSON lines to stdout, synchronously so that none is lost when the process exits. */
export function createLog(level: LogLevel): Log {
  return pino(
    {
      level,
      base: { service: "slipway-serving" },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ dest: 1, sync: true }),
  );
}

/** Seconds since a time of `performance.now()`, rounded to milliseconds. */
export function secondsSince(startedAt: number): number {
  return Math.round(performance.now() - startedAt) / 1000;
}
