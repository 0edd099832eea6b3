import { quantile } from "./quantile";

/** What the callers of one version met. */
export interface VersionCalls {
  answered: number;
  /** Seconds of each answered request, since it was due. */
  readonly seconds: number[];
  compared: number;
  mismatched: number;
  labelled: number;
  wrong: number;
}

/** Latencies in seconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** The callers' side of a rehearsal: what they sent, and what came back. */
export class CallLedger {
  /** Requests that failed because of a fault asked for. */
  faulted = 0;
  /** Requests that got no answer, or a 5xx that nobody asked for. */
  lost = 0;
  private readonly versions = new Map<string, VersionCalls>();

  of(version: string): VersionCalls {
    const known = this.versions.get(version);
    if (known) return known;
    const fresh = { answered: 0, seconds: [], compared: 0, mismatched: 0, labelled: 0, wrong: 0 };
    this.versions.set(version, fresh);
    return fresh;
  }

  get answered(): number {
    return [...this.versions.values()].reduce((sum, { answered }) => sum + answered, 0);
  }
}

/** The percentiles of a version's answers; missing when it answered nothing. */
export function percentiles({ seconds }: VersionCalls): Percentiles | undefined {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => quantile(seconds, share));
  return p50 === undefined || p95 === undefined || p99 === undefined ? undefined : { p50, p95, p99 };
}
