import contract from "../../../serving-image/contract.json";
import type { TrackCounts } from "../../../lib/strategies/observation";
import { AGREEMENT } from "../../../lib/strategies/observation";
import type { Random } from "../random";
import { addMultinomial, binomial, lognormalBuckets, poisson } from "./sampling";

/** How a version responds at one time. */
export interface Conditions {
  readonly requestsPerSecond: number;
  /** Share of the requests that fail, and how many failures come together on one track. */
  readonly errorRate: number;
  readonly clump: number;
  /** Latencies are lognormal: their median in seconds, and the deviation of their logarithm. */
  readonly medianLatency: number;
  readonly sigma: number;
  /** Share of the requests that hang until the client times out. */
  readonly timeouts: number;
  readonly accuracy: number;
  readonly labelled: number;
  /** Share of a shadow's predictions that agree with the live version's. */
  readonly agreement: number;
}

/** Traffic over time. It is called once for each rollout, to draw the times of its incidents. */
export type TrafficStream = (random: Random) => (seconds: number) => Conditions;

export const STEADY: Conditions = {
  requestsPerSecond: 100,
  errorRate: 0.0005,
  clump: 1,
  medianLatency: 0.03,
  sigma: 0.5,
  timeouts: 0,
  accuracy: 0.97,
  labelled: 0.5,
  agreement: 0.995,
};

export const steady = (change: Partial<Conditions> = {}): TrafficStream => {
  const conditions = { ...STEADY, ...change };
  return () => () => conditions;
};

const BOUNDS: readonly number[] = contract.buckets.durationSeconds;
const TIMEOUT_BUCKET = BOUNDS.length;
const bucketsByLatency = new Map<string, readonly number[]>();

function bucketsOf({ medianLatency, sigma, timeouts }: Conditions): readonly number[] {
  // Rounded, so that a drifting median does not fill the cache.
  const median = Number(medianLatency.toPrecision(3));
  const key = `${median} ${sigma} ${timeouts}`;
  const known = bucketsByLatency.get(key);
  if (known !== undefined) return known;
  const buckets = lognormalBuckets(BOUNDS, median, sigma).map((share) => share * (1 - timeouts));
  buckets[TIMEOUT_BUCKET] = (buckets[TIMEOUT_BUCKET] ?? 0) + timeouts;
  bucketsByLatency.set(key, buckets);
  return buckets;
}

/** The counters of one track. */
export class CountedTrack {
  requests = 0;
  private errors = 0;
  private labels = 0;
  private right = 0;
  private pairs = 0;
  private agreeing = 0;
  private readonly buckets = new Array<number>(BOUNDS.length + 1).fill(0);

  constructor(
    private readonly random: Random,
    /** The first requests, which take ten times as long. */
    private readonly coldRequests = 0,
  ) {}

  answer(requests: number, conditions: Conditions, isMirror: boolean): void {
    const { random } = this;
    const cold = Math.min(requests, Math.max(0, this.coldRequests - this.requests));
    this.requests += requests;
    this.errors += Math.min(requests, failures(random, requests, conditions));
    if (cold > 0)
      addMultinomial(
        random,
        this.buckets,
        cold,
        bucketsOf({ ...conditions, medianLatency: conditions.medianLatency * 10 }),
      );
    addMultinomial(random, this.buckets, requests - cold, bucketsOf(conditions));
    // Mirrored responses are discarded, so nobody labels them.
    const labels = isMirror ? 0 : binomial(random, requests, conditions.labelled);
    this.labels += labels;
    this.right += binomial(random, labels, conditions.accuracy);
    if (!isMirror) return;
    this.pairs += requests;
    this.agreeing += binomial(random, requests, conditions.agreement);
  }

  get counts(): TrackCounts {
    const sums = (count: number, sum: number) => ({ count, sum, sumOfSquares: sum });
    return {
      requests: this.requests,
      errors: this.errors,
      latency: { bounds: BOUNDS, counts: [...this.buckets] },
      metrics: { accuracy: sums(this.labels, this.right), [AGREEMENT]: sums(this.pairs, this.agreeing) },
      readyReplicas: 4,
      smokeTest: { requests: 100, failed: 0, wrong: 0, latency: { bounds: BOUNDS, counts: [...SMOKE_TEST] } },
    };
  }
}

const SMOKE_TEST = [...BOUNDS.map((_, i) => (i === 0 ? 100 : 0)), 0];

const failures = (random: Random, requests: number, { errorRate, clump }: Conditions): number =>
  clump === 1 ? binomial(random, requests, errorRate) : clump * poisson(random, (requests * errorRate) / clump);
