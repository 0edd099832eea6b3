import { abTestRows } from "./ab-test-rows";
import { banditRows } from "./bandit-rows";
import { benchRowOf, type StreamRow } from "./row";
import type { BenchTask } from "./tasks";

interface RowOptions {
  readonly runs: number;
  readonly firstSeed: number;
  /** Only the rows whose names contain all of these. */
  readonly words: readonly string[];
}

/** Rows of a strategy whose streams are simulated in another way than those of a single candidate. */
interface RowSource {
  readonly name: string;
  rows(options: RowOptions): readonly StreamRow[];
}

/** A/B tests and bandits have streams of users and rewards; their rows are added here. */
const ROW_SOURCES: readonly RowSource[] = [
  { name: "A/B test", rows: abTestRows },
  ...(["thompson", "epsilonGreedy", "ucb"] as const).map((algorithm) => ({
    name: `bandit, ${algorithm}`,
    rows: ({ runs, firstSeed, words }: RowOptions) => banditRows(runs, algorithm, words, firstSeed),
  })),
];

export const rowSourceTasks = (options: RowOptions): readonly BenchTask[] =>
  ROW_SOURCES.map(({ name, rows }) => ({ name, run: () => rows(options).map(benchRowOf) }));
