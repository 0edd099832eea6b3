import { estimateOf } from "../../../lib/drivers/rehearsal/report/estimate";
import type { BanditPolicy } from "../../../lib/strategies/bandit/policy";
import { simulateRewards, type RewardResult } from "../../support/rewards/reward-simulation";
import { changingStreams, equalStreams, streamWith, type NamedStream } from "../../support/rewards/reward-streams";

/** How many of the simulated days of a stream ended with a false verdict. */
export interface BanditRow {
  readonly stream: string;
  readonly runs: number;
  readonly falseVerdicts: number;
  /** The 95% interval of their share (Wilson). */
  readonly interval: readonly [low: number, high: number];
  /** Weight changes in a day, on average. */
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
  // Every day is a 1 or a 0, so the interval is Wilson's.
  const { low = 0, high = 1 } = estimateOf({ count: runs, sum: falseVerdicts, sumOfSquares: falseVerdicts }) ?? {};
  return {
    stream,
    runs,
    falseVerdicts,
    interval: [low, high],
    movesPerDay: days.reduce((sum, { moves }) => sum + moves, 0) / runs,
  };
}
