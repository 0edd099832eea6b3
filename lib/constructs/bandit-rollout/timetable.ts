import { formatDuration, formatPercent } from "../../core/format";
import type { Timetable, TimetableStage, WeightRange } from "../../core/timetable";
import { describeAlgorithm } from "../../strategies/bandit/describe";
import type { BanditPolicy } from "../../strategies/bandit/policy";
import type { Weights } from "../../strategies/decision";
import { gatesInWords } from "../common/gate-words";

/** The stages of a bandit: fixed splits first, then the bounds of what the rewards may make of them. */
export function banditTimetable(name: string, policy: BanditPolicy, declared: Weights | undefined): Timetable {
  const { arms, warmUp, minimumRewards, updateEverySeconds, durationSeconds, maxStep } = policy;
  const [baseline = ""] = arms;
  const gates = gatesInWords(policy.gates, "the first arm");
  const onFailure = `0% for that arm, for good; ${baseline} has its traffic`;
  const opening = Object.fromEntries(arms.map((arm) => [arm, arm === baseline ? 100 : 0]));
  const stages: TimetableStage[] = [
    {
      number: 0,
      weights: opening,
      fromSeconds: 0,
      untilSeconds: 0,
      gates: [`${policy.minReadyReplicas} replicas of each arm ready`],
      onFailure: "nobody met it",
    },
    {
      number: 1,
      weights: warmUp,
      fromSeconds: 0,
      period: "warm-up",
      gates: [`${minimumRewards} rewards of each arm`, ...gates],
      onFailure,
    },
    {
      number: 2,
      weights: warmUp,
      ranges: Object.fromEntries(arms.map((arm) => [arm, rangeOf(policy)])),
      fromSeconds: 0,
      ...(durationSeconds !== undefined && { untilSeconds: durationSeconds }),
      period: `every ${formatDuration(updateEverySeconds)}, by at most ${maxStep}%${durationSeconds === undefined ? "" : `, until ${formatDuration(durationSeconds)}`}`,
      gates,
      onFailure,
    },
  ];
  const current = declared && stageOf(declared, opening, warmUp);
  return {
    title: `${name}: bandit of ${arms.join(", ")}, by ${policy.reward.metric}`,
    stages,
    ...(current !== undefined && { current }),
    notes: notes(policy, declared === undefined),
  };
}

/** What the floors of the others leave. */
function rangeOf({ arms, floor }: BanditPolicy): WeightRange {
  return { least: floor, most: 100 - floor * (arms.length - 1) };
}

function stageOf(declared: Weights, ...splits: readonly Weights[]): number {
  const index = splits.findIndex((split) => Object.keys(split).every((arm) => split[arm] === declared[arm]));
  return index < 0 ? splits.length : index;
}

function notes(policy: BanditPolicy, controlled: boolean): string[] {
  const [baseline = ""] = policy.arms;
  return [
    controlled
      ? "A controller in the cluster moves the weights."
      : "The split is declared in code and nothing in the cluster moves it: each move is one pull request, whose preview shows weights alone changing. A rehearsal moves it by itself.",
    `The split follows ${policy.reward.metric} (${direction(policy)}) by ${describeAlgorithm(policy.algorithm)}${settings(policy)}.`,
    `At the earliest ${fastest(policy)} after the warm-up one arm has ${rangeOf(policy).most}%. An arm does not rise while its replicas are not ready or a gate of its own does not pass.`,
    `An arm that breaks a gate is out for good, and ${baseline} has its traffic until the rewards move it. ${baseline} is never taken out: when it alone is left, it has 100% and the bandit is over. An arm as good as ${baseline} is taken out with a chance of at most ${formatPercent(policy.falseAlarmRate)}.`,
    ageing(policy),
  ];
}

const direction = ({ reward }: BanditPolicy): string =>
  `${reward.lowerBound} to ${reward.upperBound}, ${reward.direction === "higherIsBetter" ? "more" : "less"} is better`;

function settings({ algorithm, epsilon, exploration }: BanditPolicy): string {
  if (algorithm === "epsilonGreedy") return `, ${formatPercent(epsilon)} for all arms alike`;
  return algorithm === "ucb" && exploration !== 1 ? `, doubt times ${exploration}` : "";
}

/** Time in which the arm with the most could have all that there is. */
function fastest(policy: BanditPolicy): string {
  const { warmUp, maxStep, updateEverySeconds } = policy;
  const moves = Math.ceil((rangeOf(policy).most - Math.max(...Object.values(warmUp))) / maxStep);
  return formatDuration(Math.max(0, moves - 1) * updateEverySeconds);
}

function ageing({ halfLifeSeconds }: BanditPolicy): string {
  return halfLifeSeconds === undefined
    ? "Rewards never age: arms that change places are noticed late."
    : `A reward counts half after ${formatDuration(halfLifeSeconds)}.`;
}
