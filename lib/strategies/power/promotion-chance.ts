import { randomStream, type Random } from "../../core/random";
import type { MonitorRules } from "../monitor/gate-monitor";
import { poisson } from "../statistics/sampling";
import { gateModelsOf, NEW_LOGS, wealthOf, type GateLogs, type StageCounts, type StageTests } from "./gate-model";
import type { LossCounts } from "./linear-bets";

/** A stage, as far as it matters for what can be seen in it. */
export interface PowerStage {
  /** Shares of the requests that the candidate and the baseline get, mirrored ones included: 0.05 and 0.95. */
  readonly candidateShare: number;
  readonly baselineShare: number;
  readonly holdSeconds: number;
}

/** A rollout, as far as it matters for what it can see. */
export interface PowerRollout {
  readonly rules: Pick<MonitorRules, "gates" | "minimumSamples" | "falseAlarmRate">;
  readonly stages: readonly PowerStage[];
  /** How many times a stage without a verdict is held again before the rollout pauses. */
  readonly maxExtensions: number;
}

/** Traffic, and how often requests to the versions are lost: they fail, or take longer than the objective. */
export interface Scenario {
  readonly requestsPerSecond: number;
  readonly baselineRate: number;
  readonly candidateRate: number;
}

/** Paths that are drawn: a chance has a standard error of at most 5 points. */
const PATHS = 120;

/** Evaluations that are drawn in a hold time. The policy has many more, but their evidence hardly differs. */
const EVALUATIONS_PER_HOLD = 2;

/**
 * A stage that is held again ends at the first of many evaluations that passes. For a few of them, the limit moves by this
 * times the standard deviation between two (Siegmund, "Sequential analysis": the correction for discrete times).
 */
const SIEGMUND = 0.583;

/**
 * The chance that a rollout promotes its candidate, approximately: the counts of lost requests are drawn as Poisson counts from
 * a fixed sequence of random numbers, and the tests of the gates are applied to the counts at a few times in each stage. This is
 * for independent requests; losses in clumps are found later.
 */
export function promotionChance({ rules, stages, maxExtensions }: PowerRollout, scenario: Scenario): number {
  const models = gateModelsOf(rules);
  const drawn = stages.map((stage): DrawnStage => {
    const requests = (scenario.requestsPerSecond * stage.holdSeconds) / EVALUATIONS_PER_HOLD;
    return {
      tests: models.map((model) => model(stage.candidateShare, stage.baselineShare)),
      candidate: stage.candidateShare * requests,
      baseline: stage.baselineShare * requests,
    };
  });
  const random = randomStream(1, "power");
  const paths = Array.from({ length: PATHS }, () => isPromoted(drawn, maxExtensions, scenario, random));
  return paths.filter(Boolean).length / PATHS;
}

/** The tests of a stage, and the requests between two evaluations. */
interface DrawnStage {
  readonly tests: readonly StageTests[];
  readonly candidate: number;
  readonly baseline: number;
}

function isPromoted(stages: readonly DrawnStage[], maxExtensions: number, scenario: Scenario, random: Random): boolean {
  const history: LossCounts = { samples: 0, lost: 0 };
  let logs: readonly GateLogs[] | undefined = [];
  for (const [index, stage] of stages.entries()) {
    logs = drawStage({ stage, index, stages: stages.length, maxExtensions, scenario, random }, logs, history);
    if (logs === undefined) return false;
  }
  return true;
}

interface StageDraw {
  readonly stage: DrawnStage;
  readonly index: number;
  readonly stages: number;
  readonly maxExtensions: number;
  readonly scenario: Scenario;
  readonly random: Random;
}

/** The log wealth of the gates after a stage that passes; undefined for a stage that rolls back or pauses. */
function drawStage(
  { stage, index, stages, maxExtensions, scenario, random }: StageDraw,
  before: readonly GateLogs[],
  history: LossCounts,
): readonly GateLogs[] | undefined {
  const { tests, candidate, baseline } = stage;
  const wealth = tests.map((_, i) => wealthOf(before[i] ?? NEW_LOGS, index, stages));
  const counts: StageCounts = { candidate: { samples: 0, lost: 0 }, baseline: { samples: 0, lost: 0 }, history };
  for (let evaluation = 1; evaluation <= (1 + maxExtensions) * EVALUATIONS_PER_HOLD; evaluation++) {
    addRequests(counts.candidate, candidate, poisson(random, candidate * scenario.candidateRate));
    const lost = poisson(random, baseline * scenario.baselineRate);
    addRequests(counts.baseline, baseline, lost);
    addRequests(history, baseline, lost);
    const logs = tests.map((test, i) => test.evaluate(wealth[i] ?? wealthOf(NEW_LOGS, index, stages), counts));
    if (tests.some((test, i) => test.hasFailed(logs[i] ?? NEW_LOGS))) return undefined;
    const isHeldAgain = evaluation > EVALUATIONS_PER_HOLD;
    const slack = isHeldAgain ? SIEGMUND / Math.sqrt(evaluation) : 0;
    if (evaluation >= EVALUATIONS_PER_HOLD && tests.every((test) => test.passes(counts, slack))) return logs;
  }
  return undefined;
}

function addRequests(counts: LossCounts, samples: number, lost: number): void {
  counts.samples += samples;
  counts.lost += lost;
}
