import { USER_BUCKET_GROUPS } from "../../core/contract";
import { BUCKETS } from "./buckets";

/**
 * Buckets are counted in groups, bucket modulo this number, which bounds the number of series: a server has at most this many
 * of each counter and version. A track with 25% of the users or more has buckets in every group, a smaller one has a group for
 * each percent.
 */
export const BUCKET_GROUPS = USER_BUCKET_GROUPS;

/** The group that a bucket is counted in. */
export const groupOf = (bucket: number): number => bucket % BUCKET_GROUPS;

/** How many buckets of each group a track owns. */
export function bucketsByGroup(owners: readonly string[], track: string): readonly number[] {
  const buckets = new Array<number>(BUCKET_GROUPS).fill(0);
  owners.slice(0, BUCKETS).forEach((owner, bucket) => {
    if (owner === track) buckets[groupOf(bucket)] = (buckets[groupOf(bucket)] ?? 0) + 1;
  });
  return buckets;
}
