import { formatCount, formatLatency, formatShare } from "../../core/format";
import type { Verdict } from "../gate";
import type { SmokeTestCounts } from "../observation";
import type { SmokeTest } from "../requirements";
import { slowerThan } from "../statistics/quantile";

/** The result of a smoke test so far. */
export interface SmokeTestResult {
  readonly verdict: Verdict;
  /** One plain phrase with the figures. */
  readonly summary: string;
}

/** Share of the requests that may be slower than the p95 limit. */
const SLOW_SHARE = 0.05;

/**
 * A single unexpected response to a recorded request fails, because the expected response is known and does not depend on
 * chance. Latency is judged over the full number of requests, because the first ones of a cold server are slow.
 */
export function judgeSmokeTest(test: SmokeTest, counts: SmokeTestCounts | undefined): SmokeTestResult {
  const { requests = 0, failed = 0, wrong = 0 } = counts ?? {};
  if (failed + wrong > 0) return { verdict: "fail", summary: describeFailures(requests, failed, wrong) };
  if (!(requests >= Math.max(1, test.requests))) {
    return { verdict: "needs-more-samples", summary: `${formatCount(requests)} of ${test.requests} recorded requests` };
  }
  const { samples, loss } = slowerThan(counts?.latency ?? { bounds: [], counts: [] }, test.latencyP95Seconds);
  if (!(samples > 0)) return { verdict: "needs-more-samples", summary: "no latency of the recorded requests" };
  const limit = formatLatency(test.latencyP95Seconds);
  if (loss > SLOW_SHARE * samples) {
    const slow = formatShare(loss / samples);
    return { verdict: "fail", summary: `${slow} of the recorded requests took longer than ${limit}` };
  }
  return {
    verdict: "pass",
    summary: `${formatCount(requests)} recorded requests returned the expected responses, p95 within ${limit}`,
  };
}

function describeFailures(requests: number, failed: number, wrong: number): string {
  const what = [
    ...(failed > 0 ? [`${formatCount(failed)} failed`] : []),
    ...(wrong > 0 ? [`${formatCount(wrong)} returned an unexpected response`] : []),
  ];
  return `of ${formatCount(requests)} recorded requests, ${what.join(" and ")}`;
}
