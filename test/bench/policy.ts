/**
 * The cost and the power of the canary policy: microseconds per evaluation, false rollbacks of equal canaries, and canary requests
 * (or labels) until a regression is found, over rollouts simulated with an evaluation after every request and gates of every
 * kind. Run by `npm run bench:policy`; takes some minutes.
 */
import { canary } from "../../lib/strategies/canary/strategy";
import type { CanaryState } from "../../lib/strategies/canary/policy";
import type { Observation } from "../../lib/strategies/observation";
import {
  detect,
  gatesFor,
  healthy,
  policyFor,
  quantile,
  recordObservations,
  simulate,
  type Behavior,
} from "../support/canary-simulation";
import { reportBench, type BenchRow } from "./report";

const WEIGHTS = [5, 10, 25, 50, 100];
const REQUESTS_PER_STAGE = 300;
const ROLLOUTS = 300;
const DETECTIONS = 200;

/** Where a regression may begin: with a stage, or after a number of healthy canary requests in it. */
const STARTS = [
  { stage: 0, after: 0 },
  { stage: 0, after: 200 },
  { stage: 1, after: 0 },
  { stage: 1, after: 200 },
  { stage: 2, after: 0 },
  { stage: 3, after: 0 },
  { stage: 4, after: 0 },
];

const rows: BenchRow[] = [costRow()];
for (const [errorRate, objective] of [
  [0.01, 0.02],
  [0.01, 0.01],
  [0.001, 0.001],
] as const)
  rows.push(falseAlarmRow(errorRate, objective));
rows.push(
  ...detectionRows("errors 1% → 10%", { errorRate: 0.1 }, "requests", { half: 60, most: 130 }),
  ...detectionRows("p95 doubled", { medianLatency: 2 * healthy.medianLatency }, "requests", { most: 300 }),
  ...detectionRows("accuracy 97% → 85%", { accuracy: 0.85 }, "labels", { most: 200 }),
);
reportBench("policy", rows);

function costRow(): BenchRow {
  const policy = policyFor(WEIGHTS, 3000);
  const observations = recordObservations(policy, healthy, 6000);
  const rounds = Array.from({ length: 20 }, () => microsecondsPerEvaluation(observations));
  const value = Math.min(...rounds);
  return {
    metric: "one evaluation with five gates, in mid-stage",
    unit: "µs",
    value,
    against: "the goal",
    ratio: value / 100,
    goal: "at most 100 µs",
    met: value <= 100,
  };

  function microsecondsPerEvaluation(recorded: readonly Observation[]): number {
    const half = recorded.length / 2;
    let state: CanaryState | undefined;
    for (const observation of recorded.slice(0, half)) ({ state } = canary.decide(policy, state, observation));
    const since = performance.now();
    for (const observation of recorded.slice(half)) ({ state } = canary.decide(policy, state, observation));
    return ((performance.now() - since) * 1000) / half;
  }
}

function falseAlarmRow(errorRate: number, objective: number): BenchRow {
  const policy = policyFor(WEIGHTS, REQUESTS_PER_STAGE, gatesFor(objective));
  const track = { ...healthy, errorRate };
  const results = Array.from({ length: ROLLOUTS }, (_, seed) =>
    simulate({ seed: 50000 + seed, policy, stable: track, canary: track }),
  );
  const share = (outcome: string): number => results.filter((result) => result.outcome === outcome).length / ROLLOUTS;
  const extensions = results.reduce((sum, result) => sum + result.extensions, 0) / ROLLOUTS;
  const value = share("rolled-back");
  return {
    metric: `equal canary rolled back, ${errorRate * 100}% errors, objective ${objective * 100}%`,
    unit: "share of rollouts",
    value,
    against: `${ROLLOUTS} rollouts of five stages; promoted ${share("promoted")}, ${extensions.toFixed(2)} extensions each`,
    ratio: value / policy.falseAlarmRate,
    goal: "at most 0.01",
    met: value <= policy.falseAlarmRate,
  };
}

function detectionRows(
  name: string,
  regression: Partial<Behavior>,
  unit: "requests" | "labels",
  goals: { readonly half?: number; readonly most: number },
): BenchRow[] {
  const policy = policyFor(WEIGHTS, REQUESTS_PER_STAGE);
  return STARTS.flatMap(({ stage, after }) => {
    const found = detect({ policy, regression, stage, after, runs: DETECTIONS })[unit];
    const metric = `${name}, at ${WEIGHTS[stage] ?? 0}% after ${after} healthy requests`;
    const row = (share: number, goal: number): BenchRow => ({
      metric: `${metric}: found in ${share * 100}% of runs`,
      unit: `canary ${unit}`,
      value: quantile(found, share),
      against: `${found.length} runs`,
      ratio: quantile(found, share) / goal,
      goal: `at most ${goal}`,
      met: quantile(found, share) <= goal,
    });
    return [row(0.5, goals.half ?? goals.most), row(0.9, goals.most)];
  });
}
