import type { BucketCounts, BucketSums, TrackCounts } from "../observation";
import { BUCKET_GROUPS } from "./bucket-groups";

/** Totals by group since the test started; they never decrease. */
interface BucketTally {
  readonly total: BucketCounts;
  /** The last reading, less the total. Missing while both are the same, which keeps the state of a test small. */
  readonly offset?: BucketCounts;
}

/** What a track counted by user. A member is missing until it has been observed. */
export interface UserTally {
  readonly buckets?: BucketTally;
  readonly newUsers?: { readonly reading: number; readonly total: number };
}

/**
 * Adds what is new in a reading to a tally. Only the named metrics are kept. A counter decreases when a server restarts; then
 * the reading adds nothing, as in `accumulate`.
 */
export function accumulateUsers(
  tally: UserTally | undefined,
  { buckets, newUsers }: Pick<TrackCounts, "buckets" | "newUsers">,
  metrics: readonly string[],
): UserTally {
  return {
    ...tally,
    ...(buckets !== undefined && addBuckets(tally?.buckets, buckets, metrics)),
    ...(newUsers !== undefined && addNewUsers(tally?.newUsers, newUsers)),
  };
}

/** The same tally, counting from now on. */
export function restart({ buckets, newUsers }: UserTally): UserTally {
  return {
    ...(buckets && { buckets: tallyOf(lastReading(buckets), zerosLike(buckets.total)) }),
    ...(newUsers && { newUsers: { reading: newUsers.reading, total: 0 } }),
  };
}

function addNewUsers(before: UserTally["newUsers"], now: number): Pick<UserTally, "newUsers"> {
  if (!isCount(now)) return {};
  const { reading = 0, total = 0 } = before ?? {};
  return { newUsers: { reading: now, total: total + Math.max(0, now - reading) } };
}

function addBuckets(
  before: BucketTally | undefined,
  now: BucketCounts,
  metrics: readonly string[],
): Pick<UserTally, "buckets"> {
  const earlier = before && lastReading(before);
  const reading = onlyMetrics(now, earlier, metrics);
  if (!isPlausible(reading)) return {};
  if (before === undefined || earlier === undefined) return { buckets: { total: copyOf(reading) } };
  if (hasDecreased(earlier, reading)) return { buckets: tallyOf(reading, before.total) };
  const { offset } = before;
  return { buckets: offset === undefined ? { total: copyOf(reading) } : { total: less(reading, offset), offset } };
}

const lastReading = ({ total, offset }: BucketTally): BucketCounts =>
  offset === undefined ? total : inShapeOf(total, (pick) => column((i) => at(pick(total), i) + at(pick(offset), i)));

function tallyOf(reading: BucketCounts, total: BucketCounts): BucketTally {
  return { total, offset: less(reading, total) };
}

const less = (a: BucketCounts, b: BucketCounts): BucketCounts =>
  // Never −0, which JSON does not preserve.
  inShapeOf(a, (pick) => column((i) => at(pick(a), i) - at(pick(b), i) + 0));

const copyOf = (counts: BucketCounts): BucketCounts => inShapeOf(counts, (pick) => column((i) => at(pick(counts), i)));

/** The reading with the named metrics alone. A metric that is missing this time keeps its last counts. */
function onlyMetrics(
  { requests, errors, metrics }: BucketCounts,
  before: BucketCounts | undefined,
  names: readonly string[],
): BucketCounts {
  const kept: Record<string, BucketSums> = {};
  for (const name of names) {
    const sums = metrics[name] ?? before?.metrics[name];
    if (sums !== undefined) kept[name] = { counts: sums.counts, sums: sums.sums };
  }
  return { requests, errors, metrics: kept };
}

/** One of the lists of some counts. */
type ListOf = (counts: BucketCounts) => readonly number[] | undefined;

const zerosLike = (shape: BucketCounts): BucketCounts => inShapeOf(shape, () => column(() => 0));

/** Counts with the same metrics, each list computed on its own. */
function inShapeOf(shape: BucketCounts, listOf: (pick: ListOf) => readonly number[]): BucketCounts {
  const metrics: Record<string, BucketSums> = {};
  for (const name of Object.keys(shape.metrics)) {
    metrics[name] = {
      counts: listOf((counts) => counts.metrics[name]?.counts),
      sums: listOf((counts) => counts.metrics[name]?.sums),
    };
  }
  return { requests: listOf(({ requests }) => requests), errors: listOf(({ errors }) => errors), metrics };
}

const column = (valueOf: (group: number) => number): readonly number[] =>
  Array.from({ length: BUCKET_GROUPS }, (_, group) => valueOf(group));

const at = (list: readonly number[] | undefined, group: number): number => list?.[group] ?? 0;

/** The lists of counters. Sums of values are not among them, because a value may be negative. */
function counters({ requests, errors, metrics }: BucketCounts): readonly (readonly number[])[] {
  return [requests, errors, ...Object.values(metrics).map(({ counts }) => counts)];
}

/** Tolerance, because a reading is computed from a total and an offset. */
const ROUNDING = 1e-9;

function hasDecreased(before: BucketCounts, now: BucketCounts): boolean {
  const earlier = counters(inShapeOf(now, (pick) => pick(before) ?? []));
  return counters(now).some((list, i) => list.some((count, group) => count < at(earlier[i], group) * (1 - ROUNDING)));
}

/** Whether an exporter can have counted these numbers. Their sums stay finite. */
function isPlausible(counts: BucketCounts): boolean {
  const sums = Object.values(counts.metrics).map((metric) => metric.sums);
  return (
    counters(counts).every((list) => list.length <= BUCKET_GROUPS && list.every(isCount)) &&
    sums.every((list) => list.length <= BUCKET_GROUPS && list.every((sum) => Math.abs(sum) <= 1e100))
  );
}

const isCount = (value: number): boolean => value >= 0 && value <= 1e15;
