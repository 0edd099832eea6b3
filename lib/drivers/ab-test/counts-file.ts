import { readFileSync } from "node:fs";
import { defaulted, list, map, object, optional, required, type Fields, type Parsed } from "../../core/checks/check";
import { duration, number, semver } from "../../core/checks/values";
import type { Plan, Track } from "../../core/plan";
import { formatFinding } from "../../core/findings/finding";
import { Diagnostics } from "../../core/findings/diagnostics";
import { BUCKET_GROUPS } from "../../strategies/ab-test/bucket-groups";
import type { AbTestPolicy } from "../../strategies/ab-test/policy";
import type { Observation, TrackCounts } from "../../strategies/observation";
import { DriverError } from "../common/driver-error";

const count = number({ min: 0, max: 1e15 });

const groups = {
  requests: required(list(count)),
  values: required(list(count)),
  sums: required(list(number({ min: -1e100, max: 1e100 }))),
} satisfies Fields<GroupCounts>;

interface GroupCounts {
  readonly requests: readonly number[];
  readonly values: readonly number[];
  readonly sums: readonly number[];
}

/** Counts of one version since the test began. */
const counts = {
  requests: required(count),
  errors: defaulted(count, 0),
  /** Values of the metric, their sum, and the sum of their squares; for a rate, the latter equals the sum. */
  values: required(count),
  sum: required(number({ min: -1e100, max: 1e100 })),
  sumOfSquares: optional(number({ min: 0, max: 1e100 })),
  /** Users who were assigned to the version, each once. */
  newUsers: optional(count),
  /** Requests, values and their sums by group of users: bucket modulo the number of groups. */
  groups: optional(object(groups)),
} satisfies Fields<VersionCounts>;

interface VersionCounts {
  readonly requests: number;
  readonly errors?: number;
  readonly values: number;
  readonly sum: number;
  readonly sumOfSquares?: number;
  readonly newUsers?: number;
  readonly groups?: GroupCounts;
}

const look = { after: required(duration({ min: 0 })), versions: required(map(object(counts), semver)) };
const file = { looks: required(list(object(look))) };

/** Reads a file of counts at one or more looks, and reports all problems with it at once. */
export function readCounts(path: string, { tracks, policy }: Plan<AbTestPolicy>): Observation[] {
  const diagnostics = new Diagnostics();
  const read = object(file)(parse(path), "", diagnostics);
  if (read !== undefined && policy !== undefined) checkLooks(read, tracks, policy, diagnostics);
  if (read === undefined || policy === undefined || diagnostics.findings.length > 0) {
    throw new DriverError(`the counts in ${path} cannot be used`, diagnostics.findings.slice(0, 10).map(formatFinding));
  }
  return read.looks.map(({ after, versions }) => ({
    at: after,
    tracks: Object.fromEntries(
      tracks.flatMap(({ name, version }) => {
        const counted = versions[version];
        return counted === undefined ? [] : [[name, trackCounts(counted, policy)]];
      }),
    ),
  }));
}

function parse(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new DriverError(missing ? `the counts file ${path} does not exist` : `${path}: ${(error as Error).message}`);
  }
}

function checkLooks(
  { looks }: Parsed<typeof file>,
  tracks: readonly Track[],
  { metric }: AbTestPolicy,
  diagnostics: Diagnostics,
): void {
  if (looks.length === 0)
    diagnostics.error("SLW003", "looks", { message: "is empty.", fix: "Give at least one look." });
  looks.forEach(({ after, versions }, index) => {
    const path = `looks[${index}]`;
    if (after < (looks[index - 1]?.after ?? 0)) {
      diagnostics.error("SLW012", `${path}.after`, {
        message: "is before the previous look.",
        fix: "Sort the looks by time.",
      });
    }
    for (const { version } of tracks) {
      const at = `${path}.versions[${JSON.stringify(version)}]`;
      const counted = versions[version];
      if (counted === undefined) {
        diagnostics.error("SLW003", at, { message: "is missing.", fix: `Give the counts of ${version}.` });
        continue;
      }
      checkSums(counted, at, metric, diagnostics);
      checkGroups(counted.groups, `${at}.groups`, diagnostics);
    }
    for (const version of Object.keys(versions)) {
      if (tracks.some((track) => track.version === version)) continue;
      diagnostics.error("SLW004", `${path}.versions[${JSON.stringify(version)}]`, {
        message: "is not a variant of this test.",
        allowed: tracks.map((track) => track.version).join(", "),
        fix: "Remove it, or give the version of a variant.",
      });
    }
  });
}

/** Reports sums that values within the metric's bounds cannot have. */
function checkSums(
  { values, sum, sumOfSquares }: Parsed<typeof counts>,
  at: string,
  metric: AbTestPolicy["metric"],
  diagnostics: Diagnostics,
): void {
  const [least, most] = [values * metric.lowerBound, values * metric.upperBound];
  if (sum < least * (1 - ROUNDING) || sum > most * (1 + ROUNDING)) {
    diagnostics.error("SLW012", `${at}.sum`, {
      message: `${sum} is not the sum of ${values} values of ${metric.name}.`,
      allowed: `${least} to ${most}, because each lies between ${metric.lowerBound} and ${metric.upperBound}`,
      fix: "Give the values and their sum since the test began, or correct the metric's bounds.",
    });
  } else if (sumOfSquares === undefined && !isRate(metric)) {
    diagnostics.error("SLW003", `${at}.sumOfSquares`, {
      message: `is missing, and ${metric.name} is not a rate.`,
      fix: "Give the sum of the squares of the values: their variance follows from it.",
    });
  } else if (sumOfSquares !== undefined && sumOfSquares * values < sum * sum * (1 - ROUNDING)) {
    diagnostics.error("SLW012", `${at}.sumOfSquares`, {
      message: `${sumOfSquares} is too small for ${values} values that sum to ${sum}.`,
      allowed: `${(sum * sum) / values} or more`,
      fix: "Square each value, and sum the squares.",
    });
  }
}

/** Reports lists that do not have a number for each group. */
function checkGroups(groups: Parsed<typeof counts>["groups"], at: string, diagnostics: Diagnostics): void {
  for (const [name, list] of Object.entries(groups ?? {})) {
    if (list.length === BUCKET_GROUPS) continue;
    diagnostics.error("SLW012", `${at}.${name}`, {
      message: `has ${list.length} numbers.`,
      allowed: `${BUCKET_GROUPS}, one for each group`,
      fix: `Sum by the bucket of the user modulo ${BUCKET_GROUPS}.`,
    });
  }
}

/** Tolerance, because a file may have rounded the sums. */
const ROUNDING = 1e-6;

const isRate = ({ lowerBound, upperBound }: AbTestPolicy["metric"]): boolean => lowerBound === 0 && upperBound === 1;

function trackCounts(
  { requests, errors, values, sum, sumOfSquares = sum, newUsers, groups }: Parsed<typeof counts>,
  { metric, minReadyReplicas }: AbTestPolicy,
): TrackCounts {
  return {
    requests,
    errors,
    latency: { bounds: [], counts: [] },
    metrics: { [metric.name]: { count: values, sum, sumOfSquares } },
    readyReplicas: minReadyReplicas,
    ...(newUsers !== undefined && { newUsers }),
    ...(groups && {
      buckets: {
        requests: groups.requests,
        errors: [],
        metrics: { [metric.name]: { counts: groups.values, sums: groups.sums } },
      },
    }),
  };
}
