/**
 * What a bandit loses and costs: its regret compared with that of a fixed split, for arms that earn 3% and 4% over 50,000
 * requests in a day, and microseconds per evaluation. Run by `npm run bench:bandit`; takes a minute or two.
 */
import { bandit } from "../../lib/strategies/bandit/strategy";
import type { BanditPolicy } from "../../lib/strategies/bandit/policy";
import type { BanditState } from "../../lib/strategies/bandit/policy";
import type { Observation } from "../../lib/strategies/observation";
import {
  banditPolicy,
  rewardedCounts,
  regretOfFixedSplit,
  simulateBandit,
  type BanditSimulation,
} from "../support/bandit-simulation";
import { gatesFor } from "../support/canary-simulation";
import { reportBench, type BenchRow } from "./report";
import { banditRows, type BanditRow } from "./streams/bandit-rows";

const RUNS = 50;
const STREAM_RUNS = 20;
const HOUR = 3600;
const MAX_MOVES_PER_DAY = 10;
const ALGORITHMS = ["thompson", "epsilonGreedy", "ucb"] as const;

const better = { "1.0.0": 0.03, "1.1.0": 0.04 };
const worse = { "1.0.0": 0.04, "1.1.0": 0.03 };

const CASES: readonly {
  readonly name: string;
  readonly rates: BanditSimulation["rates"];
  readonly delay?: number;
  readonly changes?: Partial<BanditPolicy>;
  /** Rewards lost by algorithm while estimates were not stratified and every update moved the split. */
  readonly before: readonly [thompson: number, epsilonGreedy: number, ucb: number];
  /** Of a fixed split's regret. */
  readonly goal: number;
}[] = [
  { name: "arms that stay as they are", rates: () => better, before: [39, 41, 50], goal: 0.5 },
  { name: "rewards an hour late", rates: () => better, delay: HOUR, before: [46, 47, 61], goal: 0.5 },
  { name: "arms change places at noon, rewards never age", rates: swapAtNoon, before: [216, 242, 119], goal: 1.25 },
  {
    name: "arms change places at noon, half life 3h",
    rates: swapAtNoon,
    changes: { halfLifeSeconds: 3 * HOUR },
    before: [115, 134, 119],
    goal: 0.75,
  },
];

function swapAtNoon(request: number) {
  return request < 25_000 ? worse : better;
}

reportBench("bandit", [
  ...CASES.flatMap((each) => ALGORITHMS.map((algorithm) => regretRow(algorithm, each))),
  ...ALGORITHMS.flatMap((algorithm) => banditRows(STREAM_RUNS, algorithm, ["equal arms", "steady"]).map(movesRow)),
  ...ALGORITHMS.flatMap(costRows),
]);

/** Weight changes on noise: arms are equal, so no move helps. */
function movesRow({ stream, runs, falseVerdicts, movesPerDay }: BanditRow): BenchRow {
  return {
    metric: stream,
    unit: "moves a day",
    value: movesPerDay,
    against: `104 before; a best arm was named in ${falseVerdicts} of ${runs} days`,
    ratio: movesPerDay / MAX_MOVES_PER_DAY,
    goal: `at most ${MAX_MOVES_PER_DAY}`,
    met: movesPerDay <= MAX_MOVES_PER_DAY,
  };
}

function regretRow(
  algorithm: BanditPolicy["algorithm"],
  { name, rates, delay = 0, changes, before, goal }: (typeof CASES)[0],
) {
  const simulation = {
    policy: { ...banditPolicy, ...changes, algorithm },
    requests: 50_000,
    requestsPerSecond: 50_000 / (24 * HOUR),
    rates,
    delay,
    requestsPerEvaluation: 100,
  };
  const regrets = Array.from({ length: RUNS }, (_, seed) => simulateBandit({ seed, ...simulation }).regret);
  const mean = regrets.reduce((sum, regret) => sum + regret, 0) / RUNS;
  const fixed = regretOfFixedSplit({ seed: 0, ...simulation });
  const ratio = mean / fixed;
  return {
    metric: `${algorithm}: ${name}`,
    unit: "rewards lost",
    value: mean,
    against: `${Math.round(fixed)} at 50/50, ${before[ALGORITHMS.indexOf(algorithm)] ?? NaN} before; worst of ${RUNS} runs ${Math.round(Math.max(...regrets))}`,
    ratio,
    goal: `at most ${goal} of it`,
    met: ratio <= goal,
  };
}

/** An evaluation between two updates, and one that updates the split; three arms, two gates each. */
function costRows(algorithm: BanditPolicy["algorithm"]): BenchRow[] {
  const policy: BanditPolicy = {
    ...banditPolicy,
    algorithm,
    arms: ["1.0.0", "1.1.0", "1.2.0"],
    warmUp: { "1.0.0": 34, "1.1.0": 33, "1.2.0": 33 },
    gates: gatesFor(0.02).slice(0, 2),
  };
  const row = (what: string, value: number, goal: number): BenchRow => ({
    metric: `${algorithm}: ${what}, three arms, two gates`,
    unit: "µs",
    value,
    against: "the goal",
    ratio: value / goal,
    goal: `at most ${goal} µs`,
    met: value <= goal,
  });
  return [
    row("an evaluation between two updates", microsecondsPerEvaluation(policy), 100),
    row("an evaluation that updates the split", microsecondsPerEvaluation({ ...policy, updateEverySeconds: 1 }), 1000),
  ];
}

/** The minimum of several rounds, each over a thousand evaluations a second apart. */
function microsecondsPerEvaluation(policy: BanditPolicy): number {
  const observations = Array.from({ length: 2000 }, (_, second): Observation => {
    const requests = 1000 + 10 * second;
    const counts = (rate: number) => rewardedCounts(requests, requests, Math.round(requests * rate));
    return { at: second, tracks: { "1.0.0": counts(0.03), "1.1.0": counts(0.04), "1.2.0": counts(0.035) } };
  });
  return Math.min(
    ...Array.from({ length: 10 }, () => {
      let state: BanditState | undefined;
      for (const each of observations.slice(0, 1000)) ({ state } = bandit.decide(policy, state, each));
      const since = performance.now();
      for (const each of observations.slice(1000)) ({ state } = bandit.decide(policy, state, each));
      return ((performance.now() - since) * 1000) / 1000;
    }),
  );
}
