import type { Conditions } from "../../support/streams/traffic";

/** A candidate that is worse than its baseline. */
export interface Regression {
  readonly name: string;
  readonly baseline: Partial<Conditions>;
  readonly candidate: Partial<Conditions>;
  /**
   * Median of the candidate's requests until it was found, before comparisons were made block by block: measured in this
   * simulation at commit 7d94b7a, over 100 rollouts (40 of those that begin after 10 min).
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

const worse = (name: string, change: Partial<Conditions>, before?: number): Regression => ({
  name,
  baseline: BASE,
  candidate: { ...BASE, ...change },
  ...(before !== undefined && { before }),
  secondsPerEvaluation: 0.5,
});

const late = (regression: Regression): Regression => ({
  ...regression,
  name: `${regression.name}, after 10 min`,
  from: 600,
});

export const regressions: readonly Regression[] = [
  { ...errors(0.01, 0.01, 1), name: "none, errors 1% on both", isForPeers: true },
  { ...errors(0.01, 0.02, 1, 2731), isForPeers: true },
  { ...errors(0.01, 0.03, 1, 580), isForPeers: true },
  { ...errors(0.01, 0.1, 0.1, 43), isForPeers: true },
  { ...errors(0.001, 0.01, 0.5, 466), isForPeers: true },
  errors(0.002, 0.01, 0.5, 800),
  { ...errors(0.01, 1, 0.1), isForPeers: true },
  worse("accuracy 97% → 85%", { accuracy: 0.85 }, 169),
  worse("p95 ×1.5", { medianLatency: MEDIAN * 1.5 }, 78),
  { ...worse("p95 ×2", { medianLatency: MEDIAN * 2 }, 25), isForPeers: true },
  worse("timeouts 3%", { timeouts: 0.03 }),
  late(errors(0.01, 0.03, 1, 975)),
  late(errors(0.01, 0.1, 0.2, 103)),
  late(errors(0.002, 0.01, 1, 1393)),
  late(worse("p95 ×1.5", { medianLatency: MEDIAN * 1.5 }, 141)),
  late(worse("p95 ×2", { medianLatency: MEDIAN * 2 }, 35)),
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
