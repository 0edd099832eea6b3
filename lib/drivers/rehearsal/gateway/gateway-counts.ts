import type { LatencyHistogram } from "../../../strategies/observation";
import { quantile } from "./quantile";

/** A window looks so far back; the canary's first weights bring few requests. */
const WINDOW_SECONDS = 4;
/** The rate follows the weights more closely. */
const RATE_SECONDS = 1;
/** With fewer answers than this, a p95 says nothing. */
const FEWEST_FOR_P95 = 20;

/** A track as the router saw it during the last seconds. */
export interface GatewayWindow {
  readonly requestsPerSecond: number;
  /** Seconds; missing with too few answers. */
  readonly p95?: number;
  /** Missing without answers. */
  readonly errorRate?: number;
}

interface Answer {
  readonly at: number;
  readonly seconds: number;
  readonly failed: boolean;
  readonly timed: boolean;
}

/** What the router counts on one track, as a gateway's metrics would show it. */
export class GatewayCounts {
  requests = 0;
  errors = 0;
  /** Attempts that were made again because no connection could be made. */
  retries = 0;
  /** Requests that were sent this way, answered or not. */
  routed = 0;
  /** Answers whose time says nothing of the track, because too much of it was waiting for a processor. */
  untimed = 0;
  private readonly buckets: number[];
  private readonly recent: Answer[] = [];

  constructor(private readonly bounds: readonly number[]) {
    this.buckets = new Array<number>(bounds.length + 1).fill(0);
  }

  /** Requests on their way. */
  get inFlight(): number {
    return this.routed - this.requests;
  }

  /** Counts an answer; `timed` says whether its time is worth anything. */
  record(seconds: number, failed: boolean, timed: boolean): void {
    this.requests += 1;
    if (failed) this.errors += 1;
    if (timed) this.sortIn(seconds);
    else this.untimed += 1;
    this.recent.push({ at: performance.now(), seconds, failed, timed });
  }

  latency(): LatencyHistogram {
    return { bounds: this.bounds, counts: [...this.buckets] };
  }

  private sortIn(seconds: number): void {
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
    const seconds = this.recent.filter(({ timed }) => timed).map((each) => each.seconds);
    const p95 = seconds.length < FEWEST_FOR_P95 ? undefined : quantile(seconds, 0.95);
    return {
      requestsPerSecond: this.recent.filter(({ at }) => at >= now - RATE_SECONDS * 1000).length / RATE_SECONDS,
      ...(p95 !== undefined && { p95 }),
      ...(count > 0 && { errorRate: this.recent.filter(({ failed }) => failed).length / count }),
    };
  }
}
