import { formatCount } from "../../core/format";
import type { Gate, Verdict } from "../gate";
import type { Pair } from "../pair";
import { isConcurrent } from "../statistics/concurrent/block";
import { momentsSince, NO_LOSS } from "../statistics/loss-moments";
import { readTest, type Reading, type SequentialTest } from "../statistics/sequential-test";
import type { Totals } from "../tally";
import { agreementObjective } from "./agreement";
import { CLEARANCE_Z, INDIFFERENCE_RATIO } from "./clearance";
import type { ComparisonReading } from "./concurrent-comparisons";
import { errorRateComparison, errorRateObjective } from "./error-rate";
import type { GateEvidence } from "./evidence";
import { latencyComparison, latencyObjective } from "./latency";
import { metricComparison } from "./metric";
import type { Estimate, GateRule } from "./rule";

/** Standard errors by which an estimate may exceed what is allowed and still pass: chance delays one good candidate in ten. */
export const PASS_Z = 1.28;

/**
 * Log evidence that a candidate is worse than allowed from which a regression counts. One that is exactly at its margin or
 * objective exceeds it with a probability of at most exp(−3) = 5%; a higher limit would find small regressions later.
 */
const ALLOWED_LOG_LIMIT = 3;

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
  "error-rate-comparison": 14,
  "error-rate-objective": 2,
  "latency-comparison": 2,
  "latency-objective": 1,
  "metric-comparison": 3,
  "agreement-objective": 2,
};

/** The evidence of a gate's own test and of its comparison with the baseline of the same time. */
export interface GateSigns {
  readonly reading: Reading;
  /** Missing for a gate that needs no baseline, such as the agreement of predictions, which is a comparison by itself. */
  readonly comparison?: ComparisonReading;
  /** Whether the baseline has no samples of the same time, so that the candidate is judged alone. */
  readonly isAlone: boolean;
  readonly logLimit: number;
}

/** The objective's own test; a gate that only compares has no evidence here. */
export function readObjective({ objective }: GateRule, test: SequentialTest, { candidate }: Pair<Totals>): Reading {
  return readTest(test, (start) =>
    objective === undefined ? 0 : objective.logEvidence(momentsSince(start.candidate, objective.loss(candidate))),
  );
}

/**
 * The evidence with which a gate fails at its limit. It needs both that the candidate is worse than the baseline of the same
 * time and that it is worse than its margin or objective allows: an incident that affects both tracks (a slow database, a busy
 * hour) is not the candidate's fault.
 */
export function logEvidenceOf(rule: GateRule, signs: GateSigns): number {
  const { objective } = rule;
  const { reading, comparison, logLimit } = signs;
  if (comparison === undefined) return reading.logEvidence;
  if (isDecidedAlone(rule, signs)) return reading.logEvidence / comparison.dispersion;
  const beyondAllowed =
    objective === undefined
      ? comparison.within
      : objective.logEvidence(comparison.worst.candidate) / comparison.dispersion;
  return evidenceOfBoth(comparison.equal, beyondAllowed, logLimit);
}

/** Without a baseline of the same time an incident looks like a regression, and the objective decides alone. */
const isDecidedAlone = ({ objective }: GateRule, { isAlone }: GateSigns): boolean => objective !== undefined && isAlone;

/** The smaller evidence that a candidate is worse than the baseline, and worse than allowed, which has a limit of its own. */
export function evidenceOfBoth(worse: number, beyondAllowed: number, logLimit: number): number {
  return Math.min(worse, beyondAllowed + logLimit - ALLOWED_LOG_LIMIT);
}

export interface Names {
  readonly gate: string;
  readonly baseline: string;
}

/** The verdict: a regression anywhere in the rollout fails; whether a stage passes is decided by its own samples. */
export function judge(
  rule: GateRule,
  signs: GateSigns,
  totals: Pair<Totals>,
  inStage: Pair<Totals>,
  names: Names,
): GateEvidence {
  const { logLimit, comparison } = signs;
  const logEvidence = logEvidenceOf(rule, signs);
  const estimate = estimateOf(rule, comparison, totals, inStage);
  const regression = logEvidence >= logLimit ? describeRegression(rule, signs, totals, names.baseline) : undefined;
  const missing = regression === undefined ? describeMissing(rule, signs, estimate, names.baseline) : undefined;
  const verdict: Verdict = regression !== undefined ? "fail" : missing !== undefined ? "needs-more-samples" : "pass";
  return {
    gate: names.gate,
    verdict,
    logEvidence,
    logLimit,
    ...(estimate.candidate !== undefined && { track: estimate.candidate }),
    ...(estimate.baseline !== undefined && { baseline: estimate.baseline }),
    samples: estimate.samples,
    summary: regression ?? missing ?? rule.describe(estimate, names.baseline),
  };
}

/** The estimate of a stage; losses in clumps make its standard error larger. */
function estimateOf(
  rule: GateRule,
  comparison: ComparisonReading | undefined,
  totals: Pair<Totals>,
  inStage: Pair<Totals>,
): Estimate {
  const estimate = rule.estimate(inStage.candidate, baselineFor(rule, totals, inStage));
  const spread = Math.sqrt(comparison?.dispersion ?? 1);
  const { excess, clearance, hasLosses } = estimate;
  const cleared = clearance !== undefined && { clearance: hasLosses === true ? clearance / spread : clearance };
  return { ...estimate, excess: excess / spread, ...cleared };
}

/** The baseline's totals in this stage, or in the whole rollout where it no longer gets enough traffic. */
function baselineFor(rule: GateRule, totals: Pair<Totals>, inStage: Pair<Totals>): Totals {
  return rule.samples(inStage.baseline) >= Math.max(1, rule.minimumSamples) ? inStage.baseline : totals.baseline;
}

function describeRegression(
  rule: GateRule,
  signs: GateSigns,
  { candidate, baseline }: Pair<Totals>,
  baselineName: string,
): string | undefined {
  const { comparison } = signs;
  const { strongest } = signs.reading;
  if (comparison !== undefined && !isDecidedAlone(rule, signs)) {
    const { worst, reference } = comparison;
    return rule.describeRegression({ ...worst, reference: reference.value }, baseline, baselineName);
  }
  if (rule.objective === undefined || strongest === undefined) return undefined;
  const losses = momentsSince(strongest.candidate, rule.objective.loss(candidate));
  return rule.describeRegression({ candidate: losses, baseline: NO_LOSS, reference: 0 }, baseline, baselineName);
}

function describeMissing(
  rule: GateRule,
  { isAlone }: GateSigns,
  estimate: Estimate,
  baselineName: string,
): string | undefined {
  const needed = Math.max(1, rule.minimumSamples);
  if (estimate.samples < needed) return `${formatCount(estimate.samples)} of ${formatCount(needed)} ${rule.unit}`;
  if (rule.objective === undefined && estimate.baselineSamples < needed)
    return `${formatCount(estimate.baselineSamples)} of ${formatCount(needed)} ${rule.unit} on ${baselineName}`;
  if (rule.needsConcurrentBaseline && isAlone) return undefined;
  const figures = rule.describe(estimate, baselineName);
  if (estimate.excess > PASS_Z) return `${figures}: outside the limit, but not significant yet`;
  const { clearance = Infinity } = estimate;
  return clearance < CLEARANCE_Z ? `${figures}: ${INDIFFERENCE_RATIO} times as much cannot be excluded yet` : undefined;
}

/** Whether the baseline has samples of the same stage to compare with. */
export function hasConcurrentBaseline({ samples }: GateRule, { candidate, baseline }: Pair<Totals>): boolean {
  return isConcurrent(samples(candidate), samples(baseline));
}
