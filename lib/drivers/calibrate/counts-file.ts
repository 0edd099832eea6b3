import { readFileSync } from "node:fs";
import {
  defaulted,
  map,
  object,
  optional,
  quote,
  reject,
  required,
  type Check,
  type Fields,
  type Parsed,
} from "../../core/checks/check";
import { number, text } from "../../core/checks/values";
import { Diagnostics } from "../../core/findings/diagnostics";
import { formatFinding, type Finding } from "../../core/findings/finding";
import type { HistoryInterval, PodCounts, ServiceHistory } from "../../strategies/calibration/history";
import { quantileAmong } from "../../strategies/calibration/measures";
import { DriverError } from "../common/driver-error";
import { parseRows, type Row } from "./rows";

const count = number({ min: 0, max: 1e15 });

/** The sums of the values of a business metric in an interval. */
interface ValueSums {
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares?: number;
}

const sums = {
  count: required(count),
  sum: required(number({ min: 0, max: 1e100 })),
  /** By default the sum, as for values of 0 and 1. */
  sumOfSquares: optional(number({ min: 0, max: 1e100 })),
} satisfies Fields<ValueSums>;

/** What one pod counted in one interval, as a line of the file gives it. */
interface CountsLine {
  readonly at: number | string;
  readonly pod?: string;
  readonly requests: number;
  readonly errors: number;
  readonly le?: Readonly<Record<string, number>>;
  readonly metrics?: Readonly<Record<string, ValueSums>>;
}

/** The end of the interval: seconds of Unix time, or ISO 8601. */
const time: Check<number> = (value, path, diagnostics) => {
  if (typeof value === "number") return number({ min: 0 })(value, path, diagnostics);
  if (typeof value === "string" && ISO_TIME.test(value)) return Date.parse(value) / 1000;
  return reject("SLW016", value, path, diagnostics, {
    message: `${quote(value)} is not a valid date and time.`,
    allowed: "seconds of Unix time, or ISO 8601 with a time zone, such as 2026-05-01T12:01:00Z",
    fix: "Use the time at which the interval ended.",
  });
};

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

const bound: Check<string> = (value, path, diagnostics) => {
  if (Number(value) > 0) return value as string;
  diagnostics.error("SLW012", path, {
    message: `"${String(value)}" is not the upper bound of a latency bucket.`,
    allowed: "seconds, such as 0.05",
    fix: "Write the bound in seconds; requests slower than the last bound are counted by `requests`.",
  });
  return undefined;
};

const line = {
  at: required(time),
  pod: defaulted(text, "all"),
  requests: required(count),
  errors: required(count),
  le: defaulted(map(count, bound), {}),
  metrics: defaulted(map(object(sums)), {}),
} satisfies Fields<CountsLine>;

type ParsedLine = Parsed<typeof line> & { readonly path: string };

/** Problems that are shown; the same mistake is often in every line. */
const MAX_PROBLEMS = 10;

/** Too few intervals for any rollout. */
const MIN_INTERVALS = 10;

/** Reads a file of counts by pod and interval, and reports all problems with it at once. */
export function readCountsFile(path: string): ServiceHistory {
  const diagnostics = new Diagnostics();
  const rows = parseRows(read(path), diagnostics);
  const lines = rows.flatMap((row) => parseLine(row, diagnostics));
  checkLines(lines, diagnostics);
  if (diagnostics.findings.length > 0) throw invalid(path, diagnostics);
  const history = historyOf(lines);
  if (history.intervals.length >= MIN_INTERVALS) return history;
  throw new DriverError(`the counts in ${path} have ${history.intervals.length} intervals`, [
    `At least ${MIN_INTERVALS} are needed, and as many as the rollout lasts.`,
  ]);
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new DriverError(missing ? `the counts file ${path} does not exist` : `${path}: ${(error as Error).message}`);
  }
}

function invalid(path: string, { findings }: Diagnostics): DriverError {
  const more = findings.length - MAX_PROBLEMS;
  const lineOf = ({ path: at }: Finding): number => Number(/^line (\d+)/.exec(at)?.[1] ?? 0);
  const sorted = [...findings].sort((a, b) => lineOf(a) - lineOf(b));
  return new DriverError(`the counts in ${path} cannot be used`, [
    ...sorted.slice(0, MAX_PROBLEMS).map(formatFinding),
    ...(more > 0 ? [`and ${more} more problems`] : []),
  ]);
}

function parseLine({ path, value }: Row, diagnostics: Diagnostics): ParsedLine[] {
  const parsed = object(line)(value, path, diagnostics);
  return parsed === undefined ? [] : [{ ...parsed, path }];
}

/** Rules across the members of a line, and across lines. */
function checkLines(lines: readonly ParsedLine[], diagnostics: Diagnostics): void {
  const bounds = boundsOf(lines);
  const seen = new Map<string, string>();
  for (const each of lines) {
    const { at, pod, path } = each;
    checkCounts(each, bounds, diagnostics);
    const key = JSON.stringify([at, pod]);
    const first = seen.get(key);
    if (first !== undefined) {
      diagnostics.error("SLW109", `${path}.pod`, {
        message: `the counts of ${pod} in this interval are in ${first} already.`,
        fix: "Remove one of them, or add them up.",
      });
    }
    seen.set(key, path);
  }
}

function checkCounts(
  { path, requests, errors, le }: ParsedLine,
  bounds: readonly number[],
  diagnostics: Diagnostics,
): void {
  if (errors > requests) {
    diagnostics.error("SLW012", `${path}.errors`, {
      message: `${errors} errors of ${requests} requests.`,
      allowed: "at most as many as requests",
      fix: "Count failed requests in both.",
    });
  }
  const own = sortedBounds(le);
  if (own.length === 0) return;
  if (own.join() !== bounds.join()) {
    diagnostics.error("SLW004", `${path}.le`, {
      message: `its buckets end at ${own.join(", ")}.`,
      allowed: bounds.join(", "),
      fix: "Use the same buckets in every line.",
    });
    return;
  }
  const counts = [...cumulative(le), requests];
  if (counts.every((each, i) => each >= (counts[i - 1] ?? 0))) return;
  diagnostics.error("SLW012", `${path}.le`, {
    message: "its counts are not cumulative.",
    allowed: "counts that never decrease from bound to bound, up to `requests`",
    fix: "Count in each bucket all requests up to its bound, as Prometheus does.",
  });
}

const sortedBounds = (le: Readonly<Record<string, number>>): number[] =>
  Object.keys(le)
    .map(Number)
    .sort((a, b) => a - b);

const boundsOf = (lines: readonly ParsedLine[]): number[] =>
  sortedBounds(lines.find(({ le }) => Object.keys(le).length > 0)?.le ?? {});

const cumulative = (le: Readonly<Record<string, number>>): number[] =>
  Object.entries(le)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, counted]) => counted);

function historyOf(lines: readonly ParsedLine[]): ServiceHistory {
  const byTime = new Map<number, Record<string, PodCounts>>();
  for (const each of lines) byTime.set(each.at, { ...byTime.get(each.at), [each.pod]: podCounts(each) });
  const intervals: HistoryInterval[] = [...byTime].sort(([a], [b]) => a - b).map(([at, pods]) => ({ at, pods }));
  const steps = intervals.slice(1).map(({ at }, i) => at - (intervals[i]?.at ?? at));
  return {
    stepSeconds: quantileAmong(steps, 0.5),
    bounds: boundsOf(lines),
    metrics: [...new Set(lines.flatMap(({ metrics }) => Object.keys(metrics)))],
    intervals,
  };
}

function podCounts({ requests, errors, le, metrics }: ParsedLine): PodCounts {
  const upTo = cumulative(le);
  return {
    requests,
    errors,
    latency: upTo.length === 0 ? [] : [...upTo, requests].map((each, i) => each - (upTo[i - 1] ?? 0)),
    metrics: Object.fromEntries(
      Object.entries(metrics).map(([name, { sumOfSquares, ...others }]) => [
        name,
        { ...others, sumOfSquares: sumOfSquares ?? others.sum },
      ]),
    ),
  };
}
