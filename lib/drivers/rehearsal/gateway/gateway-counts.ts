import type { LatencyHistogram } from "../../../strategies/observation";
import type { AnswerTime } from "./cpu-contention";
import { quantile } from "./percentiles";
import type { RequestResult } from "./request-result";

/** The length of a window; at a candidate's first weights there are few requests. */
const WINDOW_SECONDS = 4;
/** The request rate has a shorter one, so that it follows the weights closely. */
const RATE_SECONDS = 1;
/** With fewer answers, a p95 says nothing. */
const MIN_SAMPLES_FOR_P95 = 20;

/** A track as the router observed it during the last seconds. */
export interface GatewayWindow {
  readonly requestsPerSecond: number;
  /** Seconds; missing with too few answers. */
  readonly p95?: number;
  /** Missing without answers. */
  readonly errorRate?: number;
}

interface RecentRequest {
  readonly at: number;
  /** Missing if the latency does not count. */
  readonly seconds: number | undefined;
  readonly failed: boolean;
}

/** What the router counts for one track, as a gateway's metrics would show it. */
export class GatewayCounts {
  requests = 0;
  errors = 0;
  /** Attempts after one that could not connect. */
  retries = 0;
  /** Requests that were routed to the track, answered or not. */
  routed = 0;
  /** Answers whose latency does not count, because too much of it was waiting for a processor. */
  untimed = 0;
  private readonly buckets: number[];
  private readonly recent: RecentRequest[] = [];

  constructor(private readonly bounds: readonly number[]) {
    this.buckets = new Array<number>(bounds.length + 1).fill(0);
  }

  /** Requests in flight. */
  get inFlight(): number {
    return this.routed - this.requests;
  }

  record({ seconds, isDistorted }: AnswerTime, { failed, timed }: RequestResult): void {
    const counts = timed && !isDistorted;
    this.requests += 1;
    if (failed) this.errors += 1;
    if (timed && isDistorted) this.untimed += 1;
    if (counts) this.addToHistogram(seconds);
    this.recent.push({ at: performance.now(), seconds: counts ? seconds : undefined, failed });
  }

  latency(): LatencyHistogram {
    return { bounds: this.bounds, counts: [...this.buckets] };
  }

  private addToHistogram(seconds: number): void {
    const bucket = this.bounds.findIndex((bound) => seconds <= bound);
    const index = bucket < 0 ? this.bounds.length : bucket;
    this.buckets[index] = (this.buckets[index] as number) + 1;
  }

  window(): GatewayWindow {
    const now = performance.now();
    const since = now - WINDOW_SECONDS * 1000;
    const first = this.recent.findIndex(({ at }) => at >= since);
    this.recent.splice(0, first < 0 ? this.recent.length : first);
    const count = this.recent.length;
    const seconds = this.recent.flatMap((each) => each.seconds ?? []);
    const p95 = seconds.length < MIN_SAMPLES_FOR_P95 ? undefined : quantile(seconds, 0.95);
    return {
      requestsPerSecond: this.recent.filter(({ at }) => at >= now - RATE_SECONDS * 1000).length / RATE_SECONDS,
      ...(p95 !== undefined && { p95 }),
      ...(count > 0 && { errorRate: this.recent.filter(({ failed }) => failed).length / count }),
    };
  }
}
