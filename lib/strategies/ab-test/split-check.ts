import { formatShare } from "../../core/format";
import type { BucketCounts } from "../observation";
import { anytimeHalfWidth } from "../statistics/anytime-interval";
import { clusterMean, differenceVariance, type ClusterMean, type ComparedMean } from "../statistics/cluster-mean";
import { sumOf } from "../statistics/sum";
import { NO_TOTALS } from "../tally";
import { bucketsByGroup } from "./bucket-groups";
import { bucketOwners } from "./buckets";
import { controlOf, type AbTestPolicy, type AbTestState } from "./policy";
import { sampleRatioMismatch, SIGNIFICANCE } from "./sample-ratio";

const { abs, max } = Math;

/** What the split can be checked by. Requests are compared between buckets of users. */
export type SplitUnit = "new users" | "requests";

/** A track whose share is not the declared one. */
export interface SplitMismatch {
  readonly unit: SplitUnit;
  readonly track: string;
  readonly declared: number;
  /** Percent of the units that it got. */
  readonly observed: number;
}

/**
 * Relative deviation of a bucket's requests that is not a fault: users of a better version may return more often, and counts of
 * requests cannot distinguish this from lost users.
 */
const REQUESTS_TOLERANCE = 0.05;

/** Standard deviation of the prior on the relative difference of the requests per bucket. */
const RATIO_SCALE = 0.2;

/** Share of a track's requests that must be of users with a bucket. */
const MIN_GROUPED_SHARE = 0.9;

/**
 * What the split can be checked by: by the users who were assigned where they are counted, else by the requests of each
 * bucket. Undefined where users have no buckets: a few users with many requests shift the shares of the requests, so these
 * prove nothing.
 */
export function splitUnitOf(policy: AbTestPolicy, state: AbTestState): SplitUnit | undefined {
  const { variants } = policy;
  if (variants.some((name) => state.users[name]?.newUsers !== undefined)) return "new users";
  return variants.every((name) => groupedRequests(state, name) !== undefined) ? "requests" : undefined;
}

/** Finds a track whose share of the users is not the declared one. */
export function splitMismatch(policy: AbTestPolicy, state: AbTestState): SplitMismatch | undefined {
  const unit = splitUnitOf(policy, state);
  if (unit === undefined) return undefined;
  return unit === "new users" ? byNewUsers(policy, state) : byRequests(policy, state);
}

export function describeSplitMismatch({ unit, track, declared, observed }: SplitMismatch): string {
  return `sample ratio mismatch: ${track} got ${formatShare(observed / 100)} of the ${unit}, ${declared}% was declared`;
}

function byNewUsers({ variants, split }: AbTestPolicy, { users }: AbTestState): SplitMismatch | undefined {
  const counts = variants.map((name) => [name, users[name]?.newUsers?.total ?? 0] as const);
  const mismatch = sampleRatioMismatch(split, Object.fromEntries(counts));
  return mismatch && { unit: "new users", ...mismatch };
}

function byRequests(policy: AbTestPolicy, state: AbTestState): SplitMismatch | undefined {
  const [control, ...others] = policy.variants.map((name) => requestsPerBucket(policy, state, name));
  const deviating = others.findIndex(
    (variant) => control && variant && deviates(control, variant, SIGNIFICANCE / others.length),
  );
  if (deviating < 0) return undefined;
  const track = policy.variants[deviating + 1] ?? controlOf(policy);
  const requests = policy.variants.map((name) => sumOf(groupedRequests(state, name) ?? []));
  const observed = (100 * (requests[deviating + 1] ?? 0)) / sumOf(requests);
  return { unit: "requests", track, declared: policy.split[track] ?? 0, observed };
}

/** Requests by group since the test started; undefined where too many are of users without a bucket. */
function groupedRequests(
  { tallies, atStart, users }: AbTestState,
  track: string,
): BucketCounts["requests"] | undefined {
  const counted = (of: AbTestState["tallies"]) => (of[track]?.totals ?? NO_TOTALS).requests;
  const all = counted(tallies) - counted(atStart);
  const grouped = users[track]?.buckets?.total.requests ?? [];
  return sumOf(grouped) >= MIN_GROUPED_SHARE * all ? grouped : undefined;
}

function requestsPerBucket(policy: AbTestPolicy, state: AbTestState, track: string): ClusterMean | undefined {
  const counts = ownedBuckets(policy).get(track) ?? [];
  return clusterMean({ counts, sums: groupedRequests(state, track) ?? [] });
}

/** How many buckets of each group every variant owns. A policy does not change, so they are counted once. */
function ownedBuckets(policy: AbTestPolicy): ReadonlyMap<string, readonly number[]> {
  const known = OWNED_BUCKETS.get(policy);
  if (known !== undefined) return known;
  const owners = bucketOwners(policy.split);
  const owned = new Map(policy.variants.map((name) => [name, bucketsByGroup(owners, name)]));
  OWNED_BUCKETS.set(policy, owned);
  return owned;
}

const OWNED_BUCKETS = new WeakMap<AbTestPolicy, ReadonlyMap<string, readonly number[]>>();

/**
 * Whether the requests per bucket of two tracks differ. The difference is divided by the larger of both, so that a few buckets
 * that happen to have users with many requests do not count for more than buckets without any.
 */
function deviates(control: ClusterMean, variant: ClusterMean, chance: number): boolean {
  const larger = max(control.mean, variant.mean);
  if (larger <= 0) return false;
  const mean = (control.mean * control.count + variant.mean * variant.count) / (control.count + variant.count);
  const { variance, degreesOfFreedom } = differenceVariance(relativeTo(mean, control), relativeTo(mean, variant));
  const halfWidth = anytimeHalfWidth({ variance, degreesOfFreedom, scale: RATIO_SCALE, chance });
  return abs(variant.mean - control.mean) / larger > max(halfWidth, REQUESTS_TOLERANCE);
}

/** A track in units of the mean of both, with the variance that it would have at that mean if each request was of another user. */
function relativeTo(mean: number, estimate: ClusterMean): ComparedMean {
  return {
    estimate: { ...estimate, variance: estimate.variance / (mean * mean) },
    independent: 1 / (mean * estimate.count),
  };
}
