import { BUCKET_GROUPS } from "../../strategies/ab-test/bucket-groups";
import type { BucketCounts, BucketSums } from "../../strategies/observation";

/** What a group of users has of one counter, and of which metric if the counter is of feedback. */
export interface GroupCount {
  /** The label that names the group, as text. */
  readonly group: string | undefined;
  readonly metric?: string | undefined;
  readonly value: number;
}

/** The counters of one track by group of users. */
export interface GroupCounters {
  readonly requests: readonly GroupCount[];
  readonly errors: readonly GroupCount[];
  readonly feedbackCounts: readonly GroupCount[];
  readonly feedbackSums: readonly GroupCount[];
}

/** Sums counters by group; undefined if none was read. */
export function bucketCountsOf(counters: GroupCounters): BucketCounts | undefined {
  const { requests, errors, feedbackCounts, feedbackSums } = counters;
  if ([requests, errors, feedbackCounts, feedbackSums].every((list) => list.length === 0)) return undefined;
  const metrics = new Set(feedbackCounts.flatMap(({ metric }) => metric ?? []));
  const sumsOf = (name: string): BucketSums => ({
    counts: byGroup(feedbackCounts.filter(({ metric }) => metric === name)),
    sums: byGroup(feedbackSums.filter(({ metric }) => metric === name)),
  });
  return {
    requests: byGroup(requests),
    errors: byGroup(errors),
    metrics: Object.fromEntries([...metrics].map((name) => [name, sumsOf(name)])),
  };
}

function byGroup(counts: readonly GroupCount[]): readonly number[] {
  const sums = new Array<number>(BUCKET_GROUPS).fill(0);
  for (const { group, value } of counts) {
    const index = Number(group);
    const before = sums[index];
    if (before !== undefined) sums[index] = before + value;
  }
  return sums;
}
