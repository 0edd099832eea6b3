import type { AbTestPolicy } from "../../../lib/strategies/ab-test/policy";
import { abPolicy } from "../../support/ab-simulation";
import { gatesFor } from "../../support/canary-simulation";
import { Random } from "../../support/random";
import { simulateUsers, type UserStream, type UserStreamOutcome } from "../../support/streams/user-simulation";
import { correlated, failing, revenue, withHeavyUser } from "../../support/streams/users";
import { wilson, type StreamRow } from "./row";

/** A stream of users, and what must not happen in its tests. */
interface UserCase {
  readonly name: string;
  readonly stream: Omit<UserStream, "evaluations" | "counted" | "visits"> & Partial<Pick<UserStream, "visits">>;
  /** True difference of each variant from the control. */
  readonly truth: number;
  readonly checks: readonly Check[];
}

/** An error of a test: what to call it, whether it happened, and how often it may. */
interface Check {
  readonly name: string;
  readonly isFalse: (outcome: UserStreamOutcome) => boolean;
  readonly limit: number;
}

const WINNER: Check = { name: "a winner is called", isFalse: ({ everWon }) => everWon, limit: 0.05 };
const MISSED: Check = { name: "an interval misses the truth", isFalse: ({ covered }) => !covered, limit: 0.05 };
const STOPPED: Check = { name: "stopped", isFalse: ({ phase }) => phase === "stopped", limit: 0.01 };
const NOT_STOPPED: Check = { name: "not stopped", isFalse: ({ phase }) => phase !== "stopped", limit: 0.01 };
const NOT_FOUND: Check = {
  name: "no winner is called",
  isFalse: ({ results }) => !results.some(({ verdict }) => verdict === "winner"),
  limit: 0.01,
};
const HONEST = [WINNER, MISSED, STOPPED];

const split = (control: number): AbTestPolicy => ({ ...abPolicy, split: { "1.0.0": control, "1.1.0": 100 - control } });
const threeWays: AbTestPolicy = {
  ...abPolicy,
  variants: ["1.0.0", "1.1.0", "1.2.0"],
  split: { "1.0.0": 34, "1.1.0": 33, "1.2.0": 33 },
};
const ofRevenue: AbTestPolicy = { ...abPolicy, metric: { ...abPolicy.metric, upperBound: 100 } };
const guarded: AbTestPolicy = {
  ...abPolicy,
  gates: gatesFor(0.02).filter(({ kind }) => kind === "error-rate-comparison"),
};
const better = { "1.0.0": 0.1, "1.1.0": 0.12 };
const lost = { "1.1.0": 0.1 };

const equal = (
  name: string,
  users: number,
  user: UserStream["user"],
  policy: AbTestPolicy = abPolicy,
  visits: UserStream["visits"] = "returning",
): UserCase => ({ name, stream: { policy, users, user, visits }, truth: 0, checks: HONEST });

const CASES: readonly UserCase[] = [
  equal("independent values", 40_000, correlated(1, 0)),
  equal("1–10 values per user", 8_000, correlated(10, 0)),
  equal("1–50 values per user", 4_000, correlated(50, 0)),
  equal("1–50 values per user, correlation 0.1", 4_000, correlated(50, 0.1)),
  equal("1–50 values per user, correlation 0.3", 4_000, correlated(50, 0.3)),
  equal("1–50 values per user, correlation 0.3, one session", 4_000, correlated(50, 0.3), abPolicy, "session"),
  equal("1–50 values per user, correlation 0.3, 800 users", 800, correlated(50, 0.3)),
  equal("1–50 values per user, correlation 0.3, split 90/10", 6_000, correlated(50, 0.3), split(90)),
  equal("1–50 values per user, correlation 0.3, split 97/3", 10_000, correlated(50, 0.3), split(97)),
  equal("1–50 values per user, correlation 0.3, three variants", 6_000, correlated(50, 0.3), threeWays),
  equal("one heavy user with 5% of the values", 10_000, withHeavyUser(1_580, 0.3)),
  equal("one heavy user with 5% of the values, split 90/10", 10_000, withHeavyUser(1_580, 0.3), split(90)),
  equal("one heavy user with 30% of the values", 10_000, withHeavyUser(12_900, 0.3)),
  equal("revenue over orders of magnitude", 6_000, revenue, ofRevenue),
  equal("2% of the users fail with half of their requests, guardrail", 4_000, failing(0.02, 0.5), guarded),
  equal("0.5% of the users fail with every request, guardrail", 4_000, failing(0.005, 1), guarded),
  {
    name: "+20%, independent values",
    stream: { policy: abPolicy, users: 40_000, user: correlated(1, 0, better) },
    truth: 0.02,
    checks: [NOT_FOUND, MISSED, STOPPED],
  },
  {
    name: "10% of a variant's users are lost, 1–10 requests each",
    stream: { policy: abPolicy, users: 40_000, user: correlated(10, 0), lost },
    truth: 0,
    checks: [NOT_STOPPED],
  },
  {
    name: "10% of a variant's users are lost, 1–50 requests each",
    stream: { policy: abPolicy, users: 40_000, user: correlated(50, 0), lost },
    truth: 0,
    checks: [NOT_STOPPED],
  },
];

/** An evaluation every five minutes of a day. */
const EVALUATIONS = 288;

interface AbTestRowsOptions {
  readonly runs: number;
  readonly firstSeed?: number;
  /** Only the streams whose names contain all of these. */
  readonly words?: readonly string[];
  /** What servers count by, in each stream. Requests alone show what a test claims that cannot count its users. */
  readonly counted?: readonly UserStream["counted"][];
}

/** A/B tests of users who return and differ from each other: how often each false verdict occurs. */
export function abTestRows({
  runs,
  firstSeed = 70_000,
  words = [],
  counted = ["users", "buckets"],
}: AbTestRowsOptions): readonly StreamRow[] {
  return CASES.flatMap((each) =>
    counted.flatMap((unit) => {
      const name = `A/B test by ${unit}: ${each.name}`;
      return words.every((word) => name.includes(word)) ? rowsOf(name, each, unit, runs, firstSeed) : [];
    }),
  );
}

function rowsOf(
  name: string,
  { stream, truth, checks }: UserCase,
  counted: UserStream["counted"],
  runs: number,
  firstSeed: number,
): StreamRow[] {
  const outcomes = Array.from({ length: runs }, (_, run) =>
    simulateUsers(
      { visits: "returning", ...stream, evaluations: EVALUATIONS, counted },
      truth,
      new Random(firstSeed + 7919 * run),
    ),
  );
  return checks.map((check) => {
    const falseVerdicts = outcomes.filter(check.isFalse).length;
    const interval = wilson(falseVerdicts, runs);
    return { stream: `${name}: ${check.name}`, runs, falseVerdicts, interval, limit: check.limit };
  });
}
