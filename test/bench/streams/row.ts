import { formatShare } from "../../../lib/core/format";
import { estimateOf } from "../../../lib/drivers/rehearsal/report/estimate";
import type { BenchRow } from "../report";

/** How often simulated rollouts on a stream ended wrongly. */
export interface StreamRow {
  /** What was simulated, and on which stream: "canary: errors in clumps of 4". */
  readonly stream: string;
  readonly runs: number;
  readonly falseVerdicts: number;
  /** Wilson's 95% interval of their share. */
  readonly interval: { readonly low: number; readonly high: number };
  /** Largest share that is allowed; a row without it only states what happens. */
  readonly limit?: number;
  /** What a false verdict is. */
  readonly unit?: string;
  /** How the other runs ended, and the message of a false verdict. */
  readonly notes?: string;
}

/** Wilson's 95% interval: every run is a 1 or a 0. */
export function wilson(count: number, runs: number): StreamRow["interval"] {
  const { low = 0, high = 1 } = estimateOf({ count: runs, sum: count, sumOfSquares: count }) ?? {};
  return { low: Math.max(0, low), high: Math.min(1, high) };
}

/** A stream's row in the table of a benchmark. */
export function benchRowOf({
  stream,
  runs,
  falseVerdicts,
  interval,
  limit,
  unit = "false verdicts",
  notes,
}: StreamRow): BenchRow {
  const value = falseVerdicts / runs;
  const { low, high } = interval;
  const against = `${runs} runs; 95% interval ${formatShare(low)} to ${formatShare(high)}${notes === undefined ? "" : `; ${notes}`}`;
  const row = { metric: stream, unit, value, against };
  if (limit === undefined) return { ...row, ratio: 0, goal: "none", met: true };
  return { ...row, ratio: value / limit, goal: `at most ${limit}`, met: value <= limit };
}
