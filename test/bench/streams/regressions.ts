import type { Conditions } from "../../support/streams/traffic";

/** A candidate that is worse than its baseline. */
export interface Regression {
  readonly name: string;
  readonly baseline: Partial<Conditions>;
  readonly candidate: Partial<Conditions>;
  /** Median of the candidate's requests until it was found, before comparisons were made block by block. */
  readonly before?: number;
  readonly secondsPerEvaluation: number;
  /** When it becomes worse, in seconds after the start. */
  readonly from?: number;
}

const errors = (from: number, to: number, secondsPerEvaluation: number, before: number): Regression => ({
  name: `errors ${from * 100}% → ${to * 100}%`,
  baseline: { errorRate: from },
  candidate: { errorRate: to },
  before,
  secondsPerEvaluation,
});

const BASE: Partial<Conditions> = { errorRate: 0.001 };
const MEDIAN = 0.03;

export const regressions: readonly Regression[] = [
  errors(0.01, 0.02, 1, 2061),
  errors(0.01, 0.03, 1, 431),
  errors(0.01, 0.1, 0.1, 45),
  errors(0.001, 0.01, 0.5, 539),
  errors(0.002, 0.01, 0.5, NaN),
  errors(0.01, 1, 0.1, NaN),
  { name: "accuracy 97% → 85%", baseline: BASE, candidate: { ...BASE, accuracy: 0.85 }, secondsPerEvaluation: 0.5 },
  { name: "p95 × 1.5", baseline: BASE, candidate: { ...BASE, medianLatency: MEDIAN * 1.5 }, secondsPerEvaluation: 0.5 },
  { name: "p95 × 2", baseline: BASE, candidate: { ...BASE, medianLatency: MEDIAN * 2 }, secondsPerEvaluation: 0.5 },
  { name: "timeouts 3%", baseline: BASE, candidate: { ...BASE, timeouts: 0.03 }, secondsPerEvaluation: 0.5 },
  { ...errors(0.01, 0.03, 1, NaN), name: "errors 1% → 3%, after 10 min", from: 600 },
  { ...errors(0.01, 0.1, 0.2, NaN), name: "errors 1% → 10%, after 10 min", from: 600 },
  { ...errors(0.002, 0.01, 1, NaN), name: "errors 0.2% → 1%, after 10 min", from: 600 },
];
