import { strategyOf } from "../../../lib/strategies/registry";
import type { Observation } from "../../../lib/strategies/observation";
import { simulateStream } from "../../support/streams/stream-simulation";
import { median, type BenchRow } from "../report";
import { canaryPolicy } from "./policies";
import { incidents, modes, traffic } from "./shapes";
import type { BenchTask } from "./tasks";

const MAX_MICROSECONDS = 100;
const MAX_STATE_BYTES = 16_000;
const HOUR = 3600;

/** What a decision costs, and how large the state of a rollout becomes, on a stream with everything in it. */
export const costTasks = (): readonly BenchTask[] => [{ name: "cost of a canary's evaluation", run: costRows }];

function costRows(): readonly BenchRow[] {
  const policy = canaryPolicy([5, 10, 25, 50, 95]);
  const strategy = strategyOf(policy);
  const observations: Observation[] = [];
  const { stateBytes } = simulateStream({
    strategy: {
      ...strategy,
      decide(rules, state, observation) {
        observations.push(structuredClone(observation));
        return strategy.decide(rules, state, observation);
      },
    },
    policy,
    stream: traffic(
      modes(
        [
          { medianLatency: 0.03, clump: 1 },
          { medianLatency: 0.06, clump: 4 },
        ],
        600,
      ),
      incidents({ errorRate: 0.2 }, 60, HOUR),
    ),
    seed: 1,
    secondsPerEvaluation: 15,
    maxSeconds: 6 * HOUR,
  });
  const times = observations.map(() => 0);
  for (let round = 0; round < ROUNDS; round++) {
    let state: unknown;
    for (const [i, observation] of observations.entries()) {
      const since = performance.now();
      ({ state } = strategy.decide(policy, state as never, observation));
      const microseconds = (performance.now() - since) * 1000;
      times[i] = round === 0 ? microseconds : Math.min(times[i] ?? 0, microseconds);
    }
  }
  return [
    rowOf("one evaluation of a canary, median", "µs", median(times), MAX_MICROSECONDS),
    rowOf("the state of a canary as JSON, largest", "bytes", stateBytes, MAX_STATE_BYTES),
  ];
}

/** Of each evaluation the fastest of so many rounds counts, because other programs slow some of them down. */
const ROUNDS = 20;

const rowOf = (metric: string, unit: string, value: number, most: number): BenchRow => ({
  metric,
  unit,
  value,
  against: "the goal",
  ratio: value / most,
  goal: `at most ${most}`,
  met: value <= most,
});
