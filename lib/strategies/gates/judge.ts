import { formatCount } from "../../core/format";
import type { Gate, Verdict } from "../gate";
import type { Pair } from "../pair";
import { momentsSince } from "../statistics/loss-moments";
import { readTest, type Reading, type SequentialTest, type Start } from "../statistics/sequential-test";
import type { Totals } from "../tally";
import { agreementObjective } from "./agreement";
import { errorRateComparison, errorRateObjective } from "./error-rate";
import type { GateEvidence } from "./evidence";
import { latencyComparison, latencyObjective } from "./latency";
import { metricComparison } from "./metric";
import type { Estimate, GateRule, Window } from "./rule";

/** Standard errors by which an estimate may exceed what is allowed and still pass: chance delays one good candidate in ten. */
const PASS_Z = 1.28;

/** Standard errors beyond the margin above which a regression counts: within the margin, a candidate may be worse. */
const REGRESSION_Z = 1.645;

/** Samples that the baseline needs, as a share of the candidate's, for a comparison of the same time. */
const MIN_CONCURRENT_SHARE = 0.05;

/** Standard errors from which the baseline has become worse: then only a comparison of the same time is fair. */
const BASELINE_DRIFT_Z = 2;

export function ruleOf(gate: Gate, minimumSamples: number): GateRule {
  switch (gate.kind) {
    case "error-rate-objective":
      return errorRateObjective(gate, minimumSamples);
    case "error-rate-comparison":
      return errorRateComparison(gate, minimumSamples);
    case "latency-objective":
      return latencyObjective(gate, minimumSamples);
    case "latency-comparison":
      return latencyComparison(gate, minimumSamples);
    case "metric-comparison":
      return metricComparison(gate);
    case "agreement-objective":
      return agreementObjective(gate);
  }
}

/**
 * The evidence at which each gate fails. The probability of a false alarm is divided among the gates; errors get most of
 * it, because they are the rarest events: a smaller part would cost their tests dozens of requests.
 */
export function logLimits(gates: readonly Gate[], falseAlarmRate: number): readonly number[] {
  const parts = gates.map(({ kind }) => FALSE_ALARM_PARTS[kind]);
  const whole = parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part) => Math.log(whole / (part * falseAlarmRate)));
}

const FALSE_ALARM_PARTS: Readonly<Record<Gate["kind"], number>> = {
  "error-rate-comparison": 12,
  "error-rate-objective": 4,
  "latency-comparison": 1,
  "latency-objective": 1,
  "metric-comparison": 2,
  "agreement-objective": 2,
};

export function readGate(rule: GateRule, test: SequentialTest, totals: Pair<Totals>): Reading {
  return readTest(test, (start) => logEvidenceSince(rule, start, totals));
}

/**
 * Evidence of a regression since a start. The baseline's whole history counts, unless the baseline itself has become worse
 * since: an incident that affects both tracks (a slow database, a busy hour) is not the candidate's fault.
 */
function logEvidenceSince(rule: GateRule, start: Start, totals: Pair<Totals>): number {
  const { window, concurrent, isWithoutBaseline } = windowsSince(rule, start, totals);
  if (isWithoutBaseline) return 0;
  const log = rule.logEvidence(window);
  return concurrent === undefined ? log : Math.min(log, rule.logEvidence(concurrent));
}

/** Whether a gate needs a baseline of the same time and there is none. */
function hasNoConcurrentBaseline(rule: GateRule, samples: number, baselineSamples: number): boolean {
  return rule.needsConcurrentBaseline && baselineSamples < MIN_CONCURRENT_SHARE * samples;
}

interface Windows {
  readonly window: Window;
  /** The same with only the concurrent baseline, where the baseline has become worse. */
  readonly concurrent?: Window;
  readonly isWithoutBaseline: boolean;
}

function windowsSince(rule: GateRule, start: Start, totals: Pair<Totals>): Windows {
  const { reference } = start;
  const baseline = rule.loss(totals.baseline, reference);
  const candidate = momentsSince(start.candidate, rule.loss(totals.candidate, reference));
  const window = { candidate, baseline, reference };
  if (!rule.compares) return { window, isWithoutBaseline: false };
  const concurrent = momentsSince(start.baseline, baseline);
  const isWithoutBaseline = hasNoConcurrentBaseline(rule, candidate.samples, concurrent.samples);
  const isWorse = rule.baselineDrift(concurrent, start.baseline) > BASELINE_DRIFT_Z;
  return { window, ...(isWorse && { concurrent: { ...window, baseline: concurrent } }), isWithoutBaseline };
}

export interface Names {
  readonly gate: string;
  readonly baseline: string;
}

/** The verdict: a regression anywhere in the rollout fails; whether a stage passes is decided by its own samples. */
export function judge(
  rule: GateRule,
  reading: Reading,
  logLimit: number,
  totals: Pair<Totals>,
  inStage: Pair<Totals>,
  names: Names,
): GateEvidence {
  const estimate = rule.estimate(inStage.candidate, baselineFor(rule, totals, inStage));
  const regression = describeRegression(rule, reading, logLimit, totals, names.baseline);
  const missing = regression === undefined ? describeMissing(rule, estimate, inStage, names.baseline) : undefined;
  const verdict: Verdict = regression !== undefined ? "fail" : missing !== undefined ? "needs-more-samples" : "pass";
  return {
    gate: names.gate,
    verdict,
    logEvidence: reading.logEvidence,
    logLimit,
    ...(estimate.candidate !== undefined && { track: estimate.candidate }),
    ...(estimate.baseline !== undefined && { baseline: estimate.baseline }),
    samples: estimate.samples,
    summary: regression ?? missing ?? rule.describe(estimate, names.baseline),
  };
}

/** The baseline's totals in this stage, or in the whole rollout where it no longer gets enough traffic. */
function baselineFor(rule: GateRule, totals: Pair<Totals>, inStage: Pair<Totals>): Totals {
  return rule.samples(inStage.baseline) >= Math.max(1, rule.minimumSamples) ? inStage.baseline : totals.baseline;
}

function describeRegression(
  rule: GateRule,
  { logEvidence, strongest }: Reading,
  logLimit: number,
  totals: Pair<Totals>,
  baselineName: string,
): string | undefined {
  if (strongest === undefined || logEvidence < logLimit) return undefined;
  const { window, concurrent = window } = windowsSince(rule, strongest, totals);
  const isRegression = rule.excess(concurrent, totals.baseline) > REGRESSION_Z;
  return isRegression ? rule.describeRegression(concurrent, totals.baseline, baselineName) : undefined;
}

function describeMissing(
  rule: GateRule,
  estimate: Estimate,
  inStage: Pair<Totals>,
  baselineName: string,
): string | undefined {
  const needed = Math.max(1, rule.minimumSamples);
  if (estimate.samples < needed) return `${formatCount(estimate.samples)} of ${formatCount(needed)} ${rule.unit}`;
  if (hasNoConcurrentBaseline(rule, rule.samples(inStage.candidate), rule.samples(inStage.baseline))) return undefined;
  if (rule.compares && estimate.baselineSamples < needed)
    return `${formatCount(estimate.baselineSamples)} of ${formatCount(needed)} ${rule.unit} on ${baselineName}`;
  const figures = rule.describe(estimate, baselineName);
  return estimate.excess > PASS_Z ? `${figures}: outside the limit, but not significant yet` : undefined;
}
