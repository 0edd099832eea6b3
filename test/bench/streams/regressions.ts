import type { Conditions } from "../../support/streams/traffic";

/** A candidate that is worse than its baseline. */
export interface Regression {
  readonly name: string;
  readonly baseline: Partial<Conditions>;
  readonly candidate: Partial<Conditions>;
  /**
   * Median of the candidate's requests until it was found, before comparisons were made block by block: measured with
   * `node dist/test/bench/detection.js 200` at commit 7d94b7a.
   */
  readonly before?: number;
  readonly secondsPerEvaluation: number;
  /** When it becomes worse, in seconds after the start. */
  readonly from?: number;
  /** Whether peers are simulated on it too: they judge only errors and latency. */
  readonly isForPeers?: boolean;
}

const errors = (from: number, to: number, secondsPerEvaluation: number, before?: number): Regression => ({
  name: `errors ${from * 100}% → ${to * 100}%`,
  baseline: { errorRate: from },
  candidate: { errorRate: to },
  ...(before !== undefined && { before }),
  secondsPerEvaluation,
});

const BASE: Partial<Conditions> = { errorRate: 0.001 };
const MEDIAN = 0.03;

export const regressions: readonly Regression[] = [
  { ...errors(0.01, 0.02, 1, 2061), isForPeers: true },
  { ...errors(0.01, 0.03, 1, 431), isForPeers: true },
  { ...errors(0.01, 0.1, 0.1, 45), isForPeers: true },
  { ...errors(0.001, 0.01, 0.5, 539), isForPeers: true },
  errors(0.002, 0.01, 0.5),
  { ...errors(0.01, 1, 0.1), isForPeers: true },
  { name: "accuracy 97% → 85%", baseline: BASE, candidate: { ...BASE, accuracy: 0.85 }, secondsPerEvaluation: 0.5 },
  { name: "p95 ×1.5", baseline: BASE, candidate: { ...BASE, medianLatency: MEDIAN * 1.5 }, secondsPerEvaluation: 0.5 },
  {
    name: "p95 ×2",
    baseline: BASE,
    candidate: { ...BASE, medianLatency: MEDIAN * 2 },
    secondsPerEvaluation: 0.5,
    isForPeers: true,
  },
  { name: "timeouts 3%", baseline: BASE, candidate: { ...BASE, timeouts: 0.03 }, secondsPerEvaluation: 0.5 },
  { ...errors(0.01, 0.03, 1), name: "errors 1% → 3%, after 10 min", from: 600 },
  { ...errors(0.01, 0.1, 0.2), name: "errors 1% → 10%, after 10 min", from: 600 },
  { ...errors(0.002, 0.01, 1), name: "errors 0.2% → 1%, after 10 min", from: 600 },
];

/** A candidate that is at most as bad as its margin allows, and the share of such candidates that may be rolled back. */
export interface Allowance {
  readonly name: string;
  readonly baseline: Partial<Conditions>;
  readonly candidate: Partial<Conditions>;
  readonly limit: number;
}

export const allowances: readonly Allowance[] = [
  { name: "errors ×1.5 of 1%", baseline: { errorRate: 0.01 }, candidate: { errorRate: 0.015 }, limit: 0.05 },
  { name: "errors ×1.4 of 1%", baseline: { errorRate: 0.01 }, candidate: { errorRate: 0.014 }, limit: 0.01 },
  { name: "accuracy 97% ×0.99", baseline: BASE, candidate: { accuracy: 0.97 * 0.99 }, limit: 0.05 },
  { name: "p95 ×1.2", baseline: BASE, candidate: { medianLatency: MEDIAN * 1.2 }, limit: 0.05 },
];
