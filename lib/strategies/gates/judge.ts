import { formatCount } from "../../core/format";
import type { Gate, Verdict } from "../gate";
import { readTest, type Reading, type SequentialTest, type Start } from "../statistics/sequential-test";
import { sumsSince } from "../statistics/sums";
import type { Totals } from "../tally";
import { agreementObjective } from "./agreement";
import { errorRateComparison, errorRateObjective } from "./error-rate";
import type { GateEvidence } from "./evidence";
import { latencyComparison, latencyObjective } from "./latency";
import { metricComparison } from "./metric";
import type { Estimate, GateRule, Window } from "./rule";

/** Standard errors that an estimate may lie beyond what is allowed and still pass: chance holds up one good track in ten. */
const passesWithin = 1.28;

/** Standard errors beyond the margin from which harm counts: a track within its margin is worse, and may be. */
const harmBeyond = 1.645;

/** Share of a track's samples from which its baseline is beside it, and not only a memory. */
const besideFrom = 0.05;

/** Standard errors from which the baseline has become worse: then only the same time compares fairly. */
const worsenedBeyond = 2;

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
 * The evidence at which each gate fails. The chance of a false alarm is shared out over the gates; errors get the most
 * of it, because they are the rarest events and their tests would feel a smaller share by dozens of requests.
 */
export function logLimits(gates: readonly Gate[], falseAlarmRate: number): readonly number[] {
  const parts = gates.map(({ kind }) => partOf[kind]);
  const whole = parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part) => Math.log(whole / (part * falseAlarmRate)));
}

const partOf: Readonly<Record<Gate["kind"], number>> = {
  "error-rate-comparison": 12,
  "error-rate-objective": 4,
  "latency-comparison": 1,
  "latency-objective": 1,
  "metric-comparison": 2,
  "agreement-objective": 2,
};

/** What was counted on a track and on its baseline. */
export interface Counted {
  readonly track: Totals;
  readonly baseline: Totals;
}

export function read(rule: GateRule, test: SequentialTest, { track, baseline }: Counted): Reading {
  return readTest(test, (start) => logEvidenceSince(rule, start, track, baseline));
}

/**
 * Evidence of harm since a start. The baseline's whole history counts, unless the baseline itself has become worse
 * since: what hits both tracks (a slow database, a busy hour) is no fault of the one on trial.
 */
function logEvidenceSince(rule: GateRule, start: Start, track: Totals, baseline: Totals): number {
  const { window, lately, resting } = windows(rule, start, track, baseline);
  if (resting) return 0;
  const log = rule.logEvidence(window);
  return lately === undefined ? log : Math.min(log, rule.logEvidence(lately));
}

/** Whether a gate that compares the same time has nothing beside the track to compare it with. */
function rests({ needsSameTime }: GateRule, samples: number, baselineSamples: number): boolean {
  return needsSameTime && baselineSamples < besideFrom * samples;
}

interface Windows {
  readonly window: Window;
  /** The same with the baseline of the same time alone, where the baseline has become worse. */
  readonly lately?: Window;
  readonly resting: boolean;
}

function windows(rule: GateRule, start: Start, track: Totals, baseline: Totals): Windows {
  const { reference } = start;
  const all = rule.harm(baseline, reference);
  const window = { track: sumsSince(start.track, rule.harm(track, reference)), baseline: all, reference };
  if (!rule.compares) return { window, resting: false };
  const beside = sumsSince(start.baseline, all);
  const resting = rests(rule, window.track.samples, beside.samples);
  const worsened = rule.worsened(beside, start.baseline) > worsenedBeyond;
  return worsened ? { window, lately: { ...window, baseline: beside }, resting } : { window, resting };
}

export interface Names {
  readonly gate: string;
  readonly baseline: string;
}

/** The verdict: harm in the whole rollout fails; the samples of the present stage pass, or are too few. */
export function judge(
  rule: GateRule,
  reading: Reading,
  logLimit: number,
  counted: Counted,
  inStage: Counted,
  names: Names,
): GateEvidence {
  const estimate = rule.estimate(inStage.track, baselineFor(rule, counted, inStage));
  const harm = harmFound(rule, reading, logLimit, counted, names.baseline);
  const resting = rests(rule, rule.samples(inStage.track), rule.samples(inStage.baseline));
  const missing = harm === undefined ? whatIsMissing(rule, estimate, names.baseline, resting) : undefined;
  const verdict: Verdict = harm !== undefined ? "fail" : missing !== undefined ? "needs-more-samples" : "pass";
  return {
    gate: names.gate,
    verdict,
    logEvidence: reading.logEvidence,
    logLimit,
    ...(estimate.track !== undefined && { track: estimate.track }),
    ...(estimate.baseline !== undefined && { baseline: estimate.baseline }),
    samples: estimate.samples,
    summary: harm ?? missing ?? rule.describe(estimate, names.baseline),
  };
}

/** What the baseline showed in this stage, or in the whole rollout where it no longer gets enough traffic to show. */
function baselineFor(rule: GateRule, counted: Counted, inStage: Counted): Totals {
  return rule.samples(inStage.baseline) >= Math.max(1, rule.minimumSamples) ? inStage.baseline : counted.baseline;
}

function harmFound(
  rule: GateRule,
  { logEvidence, strongest }: Reading,
  logLimit: number,
  { track, baseline }: Counted,
  baselineName: string,
): string | undefined {
  if (strongest === undefined || logEvidence < logLimit) return undefined;
  const { window, lately = window } = windows(rule, strongest, track, baseline);
  return rule.excess(lately, baseline) > harmBeyond ? rule.describeHarm(lately, baseline, baselineName) : undefined;
}

function whatIsMissing(rule: GateRule, estimate: Estimate, baselineName: string, resting: boolean): string | undefined {
  const needed = Math.max(1, rule.minimumSamples);
  const figures = rule.describe(estimate, baselineName);
  if (estimate.samples < needed) return `${formatCount(estimate.samples)} of ${formatCount(needed)} ${rule.unit}`;
  if (resting) return undefined;
  if (rule.compares && estimate.baselineSamples < needed)
    return `${formatCount(estimate.baselineSamples)} of ${formatCount(needed)} ${rule.unit} on ${baselineName}`;
  return estimate.excess > passesWithin ? `${figures}: beyond what is allowed, but it may be chance` : undefined;
}
