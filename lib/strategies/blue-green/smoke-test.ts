import { formatCount, formatLatency, formatShare } from "../../core/format";
import type { Verdict } from "../gate";
import type { SmokeTestCounts } from "../observation";
import { slowerThan } from "../statistics/quantile";
import type { SmokeTest } from "../requirements";

/** What a smoke test shows so far. */
export interface SmokeVerdict {
  readonly verdict: Verdict;
  /** One plain phrase with the figures. */
  readonly summary: string;
}

const slowestShare = 0.05;

/**
 * One wrong answer to a recorded request fails: these requests are known, and no user is there to be unlucky. Latency
 * needs the whole number of requests, because the first ones of a cold server are slow.
 */
export function judgeSmokeTest(asked: SmokeTest, counts: SmokeTestCounts | undefined): SmokeVerdict {
  const { requests = 0, failed = 0, wrong = 0 } = counts ?? {};
  if (failed + wrong > 0) {
    const what = [
      failed > 0 && `${formatCount(failed)} failed`,
      wrong > 0 && `${formatCount(wrong)} answered otherwise than expected`,
    ];
    return {
      verdict: "fail",
      summary: `of ${formatCount(requests)} recorded requests ${what.filter(Boolean).join(", ")}`,
    };
  }
  if (!(requests >= Math.max(1, asked.requests))) {
    return {
      verdict: "needs-more-samples",
      summary: `${formatCount(requests)} of ${asked.requests} recorded requests`,
    };
  }
  const { samples, harm } = slowerThan(counts?.latency ?? { bounds: [], counts: [] }, asked.latencyP95Seconds);
  if (!(samples > 0)) return { verdict: "needs-more-samples", summary: "no latency of the recorded requests" };
  const limit = formatLatency(asked.latencyP95Seconds);
  if (harm > slowestShare * samples) {
    return {
      verdict: "fail",
      summary: `${formatShare(harm / samples)} of the recorded requests took longer than ${limit}`,
    };
  }
  return {
    verdict: "pass",
    summary: `${formatCount(requests)} recorded requests answered as expected, p95 within ${limit}`,
  };
}
