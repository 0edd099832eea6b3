/**
 * How an A/B test performs: false wins of equal variants with an interim look every minute, power for a real difference, and
 * microseconds per evaluation. Run by `npm run bench:ab-test`; takes a minute or two.
 */
import { abTest } from "../../lib/strategies/ab-test/strategy";
import type { AbTestPolicy } from "../../lib/strategies/ab-test/policy";
import { POWER, valuesPerVariant } from "../../lib/strategies/ab-test/power";
import type { AbTestState } from "../../lib/strategies/ab-test/policy";
import { abPolicy, rates, simulateAbTest, ValuedTrack, type AbSimulation } from "../support/ab-simulation";
import { gatesFor } from "../support/canary-simulation";
import type { Random } from "../support/random";
import { median, reportBench, type BenchRow } from "./report";

const RUNS = 400;
/** An interim look every minute for a day. */
const LOOKS = 1440;

/** Revenue: mostly 0, otherwise spread over orders of magnitude, up to 100. */
const revenue =
  (factor: Readonly<Record<string, number>>): AbSimulation["value"] =>
  (track: string, random: Random) =>
    random.chance(0.1) ? Math.min(100, 5 * (factor[track] ?? 1) * Math.exp(random.normal())) : 0;

const threeWays: AbTestPolicy = {
  ...abPolicy,
  variants: ["1.0.0", "1.1.0", "1.2.0"],
  split: { "1.0.0": 34, "1.1.0": 33, "1.2.0": 33 },
};
const ofRevenue: AbTestPolicy = { ...abPolicy, metric: { ...abPolicy.metric, upperBound: 100 } };

const CASES = [
  { name: "equal, 3%", policy: abPolicy, value: rates({ "1.0.0": 0.03, "1.1.0": 0.03 }), requests: 40_000 },
  { name: "equal, 30%", policy: abPolicy, value: rates({ "1.0.0": 0.3, "1.1.0": 0.3 }), requests: 40_000 },
  {
    name: "three equal, 10%",
    policy: threeWays,
    value: rates({ "1.0.0": 0.1, "1.1.0": 0.1, "1.2.0": 0.1 }),
    requests: 40_000,
  },
  { name: "equal revenue", policy: ofRevenue, value: revenue({}), requests: 40_000 },
];

/** As many as `slipway ab-test plan` says for the effect of 10% on 10%. */
const planned = 2 * valuesPerVariant({ mean: 0.1, deviation: 0.3, effect: 0.01, chance: 0.05, power: POWER });

const EFFECTS = [
  // Two standard errors below a power of 80% in 400 tests are 76%.
  { name: "10% to 11%, as planned", value: rates({ "1.0.0": 0.1, "1.1.0": 0.11 }), requests: planned, goal: 0.76 },
  { name: "10% to 11%", value: rates({ "1.0.0": 0.1, "1.1.0": 0.11 }), requests: 80_000, goal: 0.8 },
  { name: "10% to 12%", value: rates({ "1.0.0": 0.1, "1.1.0": 0.12 }), requests: 40_000, goal: 0.9 },
];

reportBench("ab-test", [...CASES.map(falseWins), ...EFFECTS.flatMap(power), cost()]);

function falseWins({ name, policy, value, requests }: (typeof CASES)[0]): BenchRow {
  const outcomes = run({ policy, value, requests });
  const false_ = outcomes.filter(({ results }) => results.some(({ verdict }) => verdict === "winner")).length / RUNS;
  return {
    metric: `false wins, ${name}`,
    unit: "share of tests",
    value: false_,
    against: "the declared 5%",
    ratio: false_ / policy.falseWinRate,
    goal: "at most 5%",
    met: false_ <= policy.falseWinRate,
  };
}

function power({ name, value, requests, goal }: (typeof EFFECTS)[0]): BenchRow[] {
  const outcomes = run({ policy: abPolicy, value, requests });
  const found = outcomes.filter(({ results }) => results.some(({ verdict }) => verdict === "winner")).length / RUNS;
  return [
    {
      metric: `wins found, ${name}, ${requests} requests`,
      unit: "share of tests",
      value: found,
      against: "all of them",
      ratio: found,
      goal: `at least ${goal * 100}%`,
      met: found >= goal,
    },
  ];
}

function run({ policy, value, requests }: Pick<AbSimulation, "policy" | "value" | "requests">) {
  return Array.from({ length: RUNS }, (_, seed) =>
    simulateAbTest({ seed, policy, value, requests, requestsPerEvaluation: Math.ceil(requests / LOOKS) }),
  );
}

/** The cost of an evaluation with guardrails of every kind. */
function cost(): BenchRow {
  const policy = { ...abPolicy, gates: gatesFor(0.02, 50) };
  const tracks = policy.variants.map(() => new ValuedTrack());
  const times = Array.from({ length: 5 }, () => {
    let state: AbTestState | undefined;
    const evaluations = 5000;
    const started = process.cpuUsage();
    for (let i = 0; i < evaluations; i++) {
      tracks.forEach((track) => track.answer(i % 10 === 0 ? 1 : 0));
      const counted = policy.variants.map((name, index) => [name, (tracks[index] as ValuedTrack).counts] as const);
      state = abTest.decide(policy, state, { at: i, tracks: Object.fromEntries(counted) }).state;
    }
    const { user, system } = process.cpuUsage(started);
    return (user + system) / evaluations;
  });
  const micros = median(times);
  return {
    metric: "an evaluation",
    unit: "CPU microseconds",
    value: micros,
    against: "an evaluation every 50 ms",
    ratio: micros / 50_000,
    goal: "under 1% of a processor",
    met: micros < 500,
  };
}
