import type { ErrorRateComparisonGate, ErrorRateObjectiveGate, Gate, LatencyObjectiveGate } from "../gate";
import { CLEARANCE_Z, clearanceUnder } from "../gates/clearance";
import { concurrentComparisonsOf, NO_REFERENCE } from "../gates/concurrent-comparisons";
import { evidenceOfBoth, logLimits, PASS_Z, ruleOf } from "../gates/judge";
import { requestObjective } from "../gates/request-objective";
import type { GateRule } from "../gates/rule";
import type { MonitorRules } from "../monitor/gate-monitor";
import type { Hypotheses } from "../statistics/concurrent/concurrent-test";
import { isConcurrent } from "../statistics/concurrent/block";
import { excessOverLimit, excessOverShare } from "../statistics/excess";
import type { LossMoments } from "../statistics/loss-moments";
import { NO_TOTALS } from "../tally";
import { FIRST_START_SHARE, wealthOfStage, type Wealth } from "../statistics/wealth";
import { linearize, valueOf, type LinearBets, type LossCounts } from "./linear-bets";

/** What was counted in a stage, and on the baseline since the rollout began. */
export interface StageCounts {
  readonly candidate: LossCounts;
  readonly baseline: LossCounts;
  readonly history: LossCounts;
}

/** The log wealth of a gate's tests: against its objective, against equality, and against its margin. */
export interface GateLogs {
  readonly objective: number;
  readonly equal: number;
  readonly within: number;
}

export const NEW_LOGS: GateLogs = { objective: 0, equal: 0, within: 0 };

/** The wealth of the same tests in a stage. */
export type GateWealth = Readonly<Record<keyof GateLogs, Wealth>>;

export const wealthOf = ({ objective, equal, within }: GateLogs, stage: number, stages: number): GateWealth => ({
  objective: wealthOfStage(Math.min(objective, equal), stage, stages),
  equal: wealthOfStage(equal, stage, stages),
  within: wealthOfStage(within, stage, stages),
});

/** The tests of one gate in a stage. */
export interface StageTests {
  /** The log wealth with the counts of the stage so far, from the wealth at its beginning. */
  evaluate(wealth: GateWealth, counts: StageCounts): GateLogs;
  hasFailed(logs: GateLogs): boolean;
  /** Whether the stage can end; `slack` is a tolerance in standard errors. */
  passes(counts: StageCounts, slack: number): boolean;
}

/** One gate; its tests in a stage depend on the proportion of the traffic. */
export type GateModel = (candidateShare: number, baselineShare: number) => StageTests;

type LossGate = ErrorRateObjectiveGate | ErrorRateComparisonGate | LatencyObjectiveGate;

/** The gates that judge the same loss: errors, or slow requests in a rollout without an objective of errors. */
export function gateModelsOf({
  gates,
  minimumSamples,
  falseAlarmRate,
}: Pick<MonitorRules, "gates" | "minimumSamples" | "falseAlarmRate">): readonly GateModel[] {
  const limits = logLimits(gates, falseAlarmRate);
  const judgesErrors = gates.some(({ kind }) => kind === "error-rate-objective");
  const isJudged = (gate: Gate): gate is LossGate =>
    judgesErrors
      ? gate.kind === "error-rate-objective" || gate.kind === "error-rate-comparison"
      : gate.kind === "latency-objective";
  return gates.flatMap((gate, i) => (isJudged(gate) ? [modelOf(gate, minimumSamples, limits[i] ?? 0)] : []));
}

function modelOf(gate: LossGate, minimumSamples: number, logLimit: number): GateModel {
  const rule = ruleOf(gate, minimumSamples);
  const [comparison] = concurrentComparisonsOf(gate);
  const hypotheses = comparison?.hypotheses(comparison.reference(NO_TOTALS) ?? NO_REFERENCE);
  return (candidateShare, baselineShare) => {
    const hasBaseline = isConcurrent(candidateShare, baselineShare);
    const needsHistory = !hasBaseline && comparison?.usesHistory === true;
    const fixed = needsHistory ? undefined : betsOf(hypotheses, candidateShare, baselineShare);
    return {
      evaluate(wealth, { candidate, baseline, history }) {
        const beside = needsHistory ? history : baseline;
        const bets = fixed ?? betsOf(hypotheses, candidate.samples, beside.samples);
        const read = (of: Wealth, tests: LinearBets | undefined): number =>
          tests === undefined ? 0 : logOf(of, valueOf(tests, candidate.lost, beside.lost));
        const ofObjective = rule.objective?.logEvidence(momentsOf(candidate));
        return {
          objective: logOfObjective(wealth.objective, ofObjective, hasBaseline),
          equal: read(wealth.equal, bets?.equal),
          within: read(wealth.within, bets?.within),
        };
      },
      hasFailed: (logs) => evidenceOf(rule, logs, hasBaseline, logLimit) >= logLimit,
      passes: ({ candidate, baseline, history }, slack) =>
        candidate.samples >= minimumSamples &&
        excessOf(gate, candidate, hasBaseline ? baseline : history) <= PASS_Z + slack &&
        clearanceOf(gate, candidate) >= CLEARANCE_Z - slack,
    };
  };
}

function betsOf(
  hypotheses: Hypotheses | undefined,
  candidate: number,
  baseline: number,
): { readonly equal: LinearBets; readonly within: LinearBets } | undefined {
  if (hypotheses === undefined) return undefined;
  const { equal, within } = hypotheses;
  return { equal: linearize(equal, candidate, baseline), within: linearize(within, candidate, baseline) };
}

const momentsOf = ({ samples, lost }: LossCounts): LossMoments => {
  const loss = Math.min(lost, samples);
  return { samples, loss, squares: loss };
};

/** Beyond any limit, and still finite. */
const MAX_LOG = 300;

/** The log wealth of a stage whose bets from its beginning on have a value. What is bet later counts as kept. */
function logOf({ reserve, allocated }: Wealth, valueOfFirst: number): number {
  return Math.log(reserve + allocated * (1 - FIRST_START_SHARE + FIRST_START_SHARE * valueOfFirst));
}

function evidenceOf(
  rule: GateRule,
  { objective, equal, within }: GateLogs,
  hasBaseline: boolean,
  logLimit: number,
): number {
  if (rule.objective !== undefined && !hasBaseline) return objective;
  return evidenceOfBoth(equal, rule.objective === undefined ? within : objective, logLimit);
}

/** Beside a baseline only the time in which the candidate did worse counts, here the stage; without one, the objective's test. */
function logOfObjective(wealth: Wealth, ofObjective: number | undefined, hasBaseline: boolean): number {
  if (ofObjective === undefined) return 0;
  return hasBaseline ? ofObjective : logOf(wealth, Math.exp(Math.min(ofObjective, MAX_LOG)));
}

/** Standard errors below what an objective must exclude, as for the verdict of a stage. */
function clearanceOf(gate: LossGate, candidate: LossCounts): number {
  const objective = requestObjective(gate);
  return objective === undefined ? Infinity : clearanceUnder(momentsOf(candidate), objective.limit);
}

/** Standard errors beyond what is allowed, as for the verdict of a stage. */
function excessOf(gate: LossGate, candidate: LossCounts, baseline: LossCounts): number {
  if (gate.kind === "error-rate-comparison")
    return excessOverShare(momentsOf(candidate), momentsOf(baseline), 1 + gate.margin);
  return excessOverLimit(momentsOf(candidate), requestObjective(gate)?.limit ?? 1);
}
