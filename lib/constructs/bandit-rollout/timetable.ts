import { formatDuration, formatPercent } from "../../core/format";
import type { Timetable, TimetableStage, WeightRange } from "../../core/timetable";
import { describeAlgorithm } from "../../strategies/bandit/describe";
import type { BanditPolicy } from "../../strategies/bandit/policy";
import type { Weights } from "../../strategies/decision";
import { formatGates } from "../../strategies/gates/describe";
import { describeClaim } from "../common/claim";

/** What the program declares of a bandit. */
export interface BanditStart {
  /** The split that the program declares. By default the opening split. */
  readonly declared: Weights | undefined;
  /** Whether a controller moves the weights. */
  readonly controlled: boolean;
}

/** The stages of a bandit: fixed splits first, then the range in which the rewards may move them. */
export function banditTimetable(name: string, policy: BanditPolicy, { declared, controlled }: BanditStart): Timetable {
  const { arms, warmUp, minimumRewards, updateEverySeconds, durationSeconds, maxStep } = policy;
  const [baseline = ""] = arms;
  const gates = formatGates(policy.gates, "the first arm");
  const onFailure = `0% for that arm, permanently; ${baseline} gets its traffic`;
  const opening = Object.fromEntries(arms.map((arm) => [arm, arm === baseline ? 100 : 0]));
  const stages: TimetableStage[] = [
    {
      number: 0,
      weights: opening,
      fromSeconds: 0,
      untilSeconds: 0,
      gates: [`${policy.minReadyReplicas} replicas of each arm ready`],
      onFailure: "no user was served by it",
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
  return {
    title: `${name}: bandit of ${arms.join(", ")}, by ${policy.reward.metric}`,
    stages,
    ...(!controlled && { current: stageOf(declared ?? opening, opening, warmUp) }),
    notes: notes(policy, controlled),
  };
}

/** The weights that the floors of all arms allow. */
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
      : "The split is declared in code and nothing in the cluster moves it: each move is one pull request, and its preview shows that only weights change. A rehearsal moves the split itself.",
    `The split follows ${policy.reward.metric} (${direction(policy)}) by ${describeAlgorithm(policy.algorithm)}${settings(policy)}.`,
    `An arm can reach ${rangeOf(policy).most}% no earlier than ${fastest(policy)} after the warm-up. The share of an arm does not grow while its replicas are not ready or one of its gates does not pass.`,
    `An arm that fails a gate is removed permanently, and ${baseline} gets its traffic until the rewards move the split. ${baseline} is never removed: when no other arm is left, it has 100% and the bandit ends. ${describeClaim({ wrongVerdict: `an arm as good as ${baseline} is removed`, falseAlarmRate: policy.falseAlarmRate, hasBaseline: true })}`,
    describeDecay(policy),
  ];
}

const direction = ({ reward }: BanditPolicy): string =>
  `${reward.lowerBound} to ${reward.upperBound}, ${reward.direction === "higherIsBetter" ? "more" : "less"} is better`;

function settings({ algorithm, epsilon, exploration }: BanditPolicy): string {
  if (algorithm === "epsilonGreedy") return `, ${formatPercent(epsilon)} divided evenly among all arms`;
  return algorithm === "ucb" && exploration !== 1 ? `, uncertainty × ${exploration}` : "";
}

/** Shortest time in which the arm with the largest share can reach the top of its range. */
function fastest(policy: BanditPolicy): string {
  const { warmUp, maxStep, updateEverySeconds } = policy;
  const moves = Math.ceil((rangeOf(policy).most - Math.max(...Object.values(warmUp))) / maxStep);
  return formatDuration(Math.max(0, moves - 1) * updateEverySeconds);
}

function describeDecay({ halfLifeSeconds }: BanditPolicy): string {
  return halfLifeSeconds === undefined
    ? "Rewards do not decay, so a change of the best arm is detected late."
    : `The weight of a reward halves every ${formatDuration(halfLifeSeconds)}.`;
}
