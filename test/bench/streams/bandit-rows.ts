import type { BanditPolicy } from "../../../lib/strategies/bandit/policy";
import { simulateRewards, type RewardResult } from "../../support/rewards/reward-simulation";
import { changingStreams, equalStreams, streamWith, type NamedStream } from "../../support/rewards/reward-streams";
import { wilson, type StreamRow } from "./row";

/** A row with the number of weight changes in a day, on average. */
export interface BanditRow extends StreamRow {
  readonly movesPerDay: number;
}

/** What a bandit with an algorithm does on streams whose name contains all words. */
export function banditRows(
  runs: number,
  algorithm: BanditPolicy["algorithm"] = "thompson",
  words: readonly string[] = [],
  firstSeed = 80_000,
): readonly BanditRow[] {
  const groups: readonly (readonly [string, readonly NamedStream[], (stream: NamedStream) => IsFalse])[] = [
    ["equal arms, best arm named", equalStreams, () => namesFalseBest],
    ["wrong leader", changingStreams, ({ rates }) => hasWrongLeader(rates(1))],
  ];
  return groups
    .flatMap(([group, streams, isFalse]) =>
      streams.map((stream) => ({
        name: `bandit, ${algorithm}: ${group}: ${stream.name}`,
        stream,
        isFalse: isFalse(stream),
      })),
    )
    .filter(({ name }) => words.every((word) => name.includes(word)))
    .map(({ name, stream, isFalse }) => {
      const days = Array.from({ length: runs }, (_, run) =>
        simulateRewards(streamWith(stream, algorithm), firstSeed + run),
      );
      return rowOf(name, days, isFalse);
    });
}

type IsFalse = (day: RewardResult) => boolean;

const namesFalseBest: IsFalse = ({ verdicts }) => verdicts.includes(false);

/** Whether an arm that is not the best got most of the traffic in the end, or was ever called the best. */
const hasWrongLeader =
  (means: Readonly<Record<string, number>>): IsFalse =>
  (day) => {
    const arms = Object.keys(day.weights);
    const leader = arms.reduce((most, arm) => ((day.weights[arm] ?? 0) > (day.weights[most] ?? 0) ? arm : most));
    const isWrong = (means[leader] ?? 0) < Math.max(...Object.values(means));
    return namesFalseBest(day) || (isWrong && (day.weights[leader] ?? 0) > 50);
  };

function rowOf(stream: string, days: readonly RewardResult[], isFalse: IsFalse): BanditRow {
  const runs = days.length;
  const falseVerdicts = days.filter(isFalse).length;
  return {
    stream,
    runs,
    falseVerdicts,
    interval: wilson(falseVerdicts, runs),
    limit: 0.01,
    movesPerDay: days.reduce((sum, { moves }) => sum + moves, 0) / runs,
  };
}
