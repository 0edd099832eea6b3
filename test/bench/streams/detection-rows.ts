import type { CanaryPolicy } from "../../../lib/strategies/canary/policy";
import { canary } from "../../../lib/strategies/canary/strategy";
import { simulateStream, type SimulatedStrategy } from "../../support/streams/stream-simulation";
import { steady, type Conditions } from "../../support/streams/traffic";
import { quantile } from "../../support/canary-simulation";
import type { BenchRow } from "../report";
import { argoLike, flaggerLike, peer } from "./peers";
import { canaryPolicy, gatesOfReadme } from "./policies";
import { allowances, regressions, type Allowance, type Regression } from "./regressions";
import { benchRowOf, wilson } from "./row";
import type { BenchTask } from "./tasks";

/** How much later a regression may be found than before comparisons were made block by block. */
const MAX_RATIO = 1.3;

/** A regression that is not found in this time counts as not found. */
const MAX_SECONDS = 6000;

const WEIGHTS = [5, 50];
const HOLD_SECONDS = 1e6;

/** How soon a canary at 5% of the traffic is found to be worse, by Slipway and by peers; and what happens to one that is allowed. */
export function detectionTasks(runs: number, firstSeed: number): readonly BenchTask[] {
  // A warm-up, in which latency does not count, is declared time and not slowness of the test.
  const policy = { ...canaryPolicy(WEIGHTS, HOLD_SECONDS, gatesOfReadme(0.02, 25)), warmUpSeconds: 0 };
  return [
    ...regressions.map((regression) => ({
      name: `found by a canary: ${regression.name}`,
      run: () => [detectionRow("canary", canary, policy, regression, runs, firstSeed)],
    })),
    ...regressions
      .filter(({ isForPeers }) => isForPeers)
      .flatMap((regression) =>
        PEERS.map(({ name, policy: rules }) => ({
          name: `found by ${name}: ${regression.name}`,
          run: () => [detectionRow(name, peer, rules, regression, runs, firstSeed)],
        })),
      ),
    ...allowances.flatMap((allowance) =>
      ALLOWED_ROLLOUTS.map(([rollout, rules]) => ({
        name: `allowed: ${allowance.name}, ${rollout}`,
        run: () => [allowanceRow(rollout, rules, allowance, runs, firstSeed)],
      })),
    ),
  ];
}

/** With thresholds that a baseline with 1% of errors passes. */
const PEERS = [
  { name: "Argo-like, at least 95%", policy: argoLike(WEIGHTS, HOLD_SECONDS, 0.95) },
  { name: "Argo-like, at least 98%", policy: argoLike(WEIGHTS, HOLD_SECONDS, 0.98) },
  { name: "Flagger-like, at least 99%", policy: flaggerLike(WEIGHTS, HOLD_SECONDS, 0.99, 0.5) },
  { name: "Flagger-like, at least 98%", policy: flaggerLike(WEIGHTS, HOLD_SECONDS, 0.98, 0.5) },
];

function detectionRow<Policy, State>(
  by: string,
  strategy: SimulatedStrategy<Policy, State>,
  policy: Policy,
  { name, baseline, candidate, before, secondsPerEvaluation, from = 0 }: Regression,
  runs: number,
  firstSeed: number,
): BenchRow {
  const results = Array.from({ length: runs }, (_, run) =>
    simulateStream({
      strategy,
      policy,
      stream: steady(baseline),
      candidate: (same) => ({ ...same, ...candidate }),
      differsFrom: from,
      seed: firstSeed + run,
      secondsPerEvaluation,
      maxSeconds: from + MAX_SECONDS,
    }),
  );
  const onTime = results.filter(({ early }) => !early);
  const found = onTime
    .map(({ outcome, requests }) => (outcome === "rolled-back" ? requests : Infinity))
    .sort((a, b) => a - b);
  const missed = found.filter((requests) => requests === Infinity).length;
  const value = quantile(found, 0.5);
  const hasGoal = before !== undefined && strategy !== (peer as unknown);
  return {
    metric: `${name}: found by ${by}`,
    unit: "canary requests, median",
    value,
    against: [
      ...(before === undefined ? [] : [`${before} before`]),
      `90% within ${quantile(found, 0.9)}`,
      `${missed} of ${found.length} not found in ${MAX_SECONDS} s`,
      ...(results.length > found.length ? [`${results.length - found.length} rolled back before it began`] : []),
    ].join("; "),
    ratio: before === undefined ? 0 : value / before,
    goal: hasGoal ? `at most ${MAX_RATIO} times as many` : "none",
    met: !hasGoal || value <= MAX_RATIO * before,
  };
}

/** The margin of errors that the allowances are about. */
const ALLOWED_MARGIN = 0.5;

const ALLOWED_ROLLOUTS: readonly (readonly [name: string, policy: CanaryPolicy])[] = [
  ["stages of 30 min", canaryPolicy([5, 10, 25, 50, 95], 1800, gatesOfReadme(0.02, 50, ALLOWED_MARGIN))],
  ["stages of 2 min", canaryPolicy([5, 10, 25, 50, 95], 120, gatesOfReadme(0.02, 50, ALLOWED_MARGIN))],
];

function allowanceRow(
  rollout: string,
  policy: CanaryPolicy,
  { name, baseline, candidate, limit }: Allowance,
  runs: number,
  firstSeed: number,
): BenchRow {
  const rolledBack = Array.from({ length: runs }, (_, run) =>
    simulateStream({
      strategy: canary,
      policy,
      stream: steady(baseline),
      candidate: (same: Conditions) => ({ ...same, ...candidate }),
      seed: firstSeed + run,
      secondsPerEvaluation: 15,
      maxSeconds: 30_000,
    }),
  ).filter(({ outcome }) => outcome === "rolled-back").length;
  return benchRowOf({
    stream: `allowed: ${name}, ${rollout}`,
    runs,
    falseVerdicts: rolledBack,
    interval: wilson(rolledBack, runs),
    limit,
    unit: "rolled back",
  });
}
