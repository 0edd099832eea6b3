import { BUCKET_GROUPS, groupOf } from "../../../lib/strategies/ab-test/bucket-groups";
import { bucketOwners, BUCKETS } from "../../../lib/strategies/ab-test/buckets";
import type { AbTestPolicy, AbTestState } from "../../../lib/strategies/ab-test/policy";
import { abTest } from "../../../lib/strategies/ab-test/strategy";
import type { Observation, TrackCounts } from "../../../lib/strategies/observation";
import type { VariantResult } from "../../../lib/strategies/result";
import type { Random } from "../random";

/** A user: how many requests they make, and a draw of the value of each. */
export interface User {
  readonly requests: number;
  readonly value: (random: Random) => number;
  /** Whether a request of theirs fails. */
  readonly fails?: (random: Random) => boolean;
}

export interface UserStream {
  readonly policy: AbTestPolicy;
  readonly users: number;
  readonly user: (track: string, random: Random, index: number) => User;
  /** When their requests arrive: in one session, from their first until the end of the test, or throughout it. */
  readonly visits: "session" | "returning" | "permanent";
  readonly evaluations: number;
  /** Probability that a user who was assigned to the track never reaches a server. */
  readonly lost?: Readonly<Record<string, number>>;
  /** What servers count by: requests alone, also groups of users, or also new users. */
  readonly counted: "requests" | "buckets" | "users";
}

export interface UserStreamOutcome {
  readonly phase: AbTestState["phase"];
  /** Why the test stopped, if it did. */
  readonly reason: string;
  readonly results: readonly VariantResult[];
  /** Whether a variant was called a winner at any evaluation. */
  readonly everWon: boolean;
  /** Evaluations at which a winner's interval contained 0. */
  readonly disagreements: number;
  readonly verdictEvents: number;
  /** Whether every interval contained the true difference, at all evaluations. */
  readonly covered: boolean;
  readonly stateBytes: number;
}

/** Runs a test over a stream of users; `truth` is the true difference of each variant from the control. */
export function simulateUsers(stream: UserStream, truth: number, random: Random): UserStreamOutcome {
  const { policy, evaluations } = stream;
  const feed = new Feed(stream, random);
  let decision = abTest.decide(policy, undefined, feed.observation(0));
  let [covered, everWon, disagreements, verdictEvents, reason] = [true, false, 0, 0, ""];
  for (let i = 1; i <= evaluations && decision.state.phase === "running"; i++) {
    feed.advance(i - 1);
    decision = abTest.decide(policy, decision.state, feed.observation((i / evaluations) * policy.durationSeconds));
    for (const { verdict, difference } of abTest.results(policy, decision.state)) {
      everWon ||= verdict === "winner";
      if (difference === undefined) continue;
      covered &&= difference.from <= truth && truth <= difference.to;
      if (verdict === "winner" && difference.from <= 0) disagreements++;
    }
    for (const { kind, message } of decision.events) {
      if (kind === "verdict") verdictEvents++;
      if (kind === "gate-failed") reason = message;
    }
  }
  const { state } = decision;
  const results = abTest.results(policy, state);
  const stateBytes = JSON.stringify(state).length;
  return { covered, everWon, disagreements, verdictEvents, reason, phase: state.phase, results, stateBytes };
}

/** What is counted in each cell: a track and a group of users. */
const COLUMNS = ["requests", "errors", "users", "sums", "squares"] as const;
type Column = (typeof COLUMNS)[number];

/** All requests of a stream, summed by evaluation, track and group. */
class Feed {
  private readonly cells: Readonly<Record<Column, Float64Array>>;
  private readonly totals: Readonly<Record<Column, Float64Array>>;
  private readonly size: number;

  constructor(
    private readonly stream: UserStream,
    random: Random,
  ) {
    this.size = stream.policy.variants.length * BUCKET_GROUPS;
    this.cells = columns(stream.evaluations * this.size);
    this.totals = columns(this.size);
    const owners = bucketOwners(stream.policy.split);
    for (let index = 0; index < stream.users; index++) this.addUser(index, owners, random);
  }

  /** Adds what arrived before an evaluation. */
  advance(evaluation: number): void {
    for (const column of COLUMNS) {
      const [totals, cells] = [this.totals[column], this.cells[column]];
      for (let i = 0; i < this.size; i++) totals[i] = (totals[i] ?? 0) + (cells[evaluation * this.size + i] ?? 0);
    }
  }

  observation(at: number): Observation {
    const { variants } = this.stream.policy;
    return { at, tracks: Object.fromEntries(variants.map((name, i) => [name, this.counts(i)])) };
  }

  private addUser(index: number, owners: readonly string[], random: Random): void {
    const { policy, user, evaluations, visits, lost } = this.stream;
    const bucket = Math.floor(random.next() * BUCKETS);
    const track = owners[bucket] ?? "";
    const { requests, value, fails } = user(track, random, index);
    if (random.chance(lost?.[track] ?? 0)) return;
    const cell = policy.variants.indexOf(track) * BUCKET_GROUPS + groupOf(bucket);
    const from = visits === "permanent" ? 0 : random.next() * evaluations;
    const span = visits === "session" ? evaluations / 100 : evaluations - from;
    let first = evaluations;
    for (let i = 0; i < requests; i++) {
      const at = Math.min(evaluations - 1, Math.floor(from + random.next() * span));
      first = Math.min(first, at);
      this.addRequest(at * this.size + cell, value(random), fails?.(random) === true);
    }
    if (requests > 0) this.add("users", first * this.size + cell, 1);
  }

  private addRequest(place: number, value: number, failed: boolean): void {
    this.add("requests", place, 1);
    this.add("sums", place, value);
    this.add("squares", place, value * value);
    if (failed) this.add("errors", place, 1);
  }

  private add(column: Column, place: number, by: number): void {
    const cells = this.cells[column];
    cells[place] = (cells[place] ?? 0) + by;
  }

  private counts(track: number): TrackCounts {
    const { policy, counted } = this.stream;
    const { name } = policy.metric;
    const groups = (column: Column) => [
      ...this.totals[column].subarray(track * BUCKET_GROUPS, (track + 1) * BUCKET_GROUPS),
    ];
    const [requests, errors, sums] = [groups("requests"), groups("errors"), groups("sums")];
    const count = sumOf(requests);
    return {
      requests: count,
      errors: sumOf(errors),
      latency: { bounds: [0.1, 1], counts: [count, 0, 0] },
      metrics: { [name]: { count, sum: sumOf(sums), sumOfSquares: sumOf(groups("squares")) } },
      readyReplicas: 2,
      ...(counted !== "requests" && { buckets: { requests, errors, metrics: { [name]: { counts: requests, sums } } } }),
      ...(counted === "users" && { newUsers: sumOf(groups("users")) }),
    };
  }
}

const columns = (size: number): Record<Column, Float64Array> => ({
  requests: new Float64Array(size),
  errors: new Float64Array(size),
  users: new Float64Array(size),
  sums: new Float64Array(size),
  squares: new Float64Array(size),
});

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
