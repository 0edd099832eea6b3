import { abTest } from "../../lib/strategies/ab-test/strategy";
import type { AbTestPolicy } from "../../lib/strategies/ab-test/policy";
import type { VariantResult } from "../../lib/strategies/result";
import type { AbTestState } from "../../lib/strategies/ab-test/policy";
import type { Decision } from "../../lib/strategies/decision";
import { MetricDirection } from "../../lib/strategies/gate";
import type { Observation, TrackCounts } from "../../lib/strategies/observation";
import { Random } from "./random";

/** A test of whether 1.1.0 is clicked at least 10% more often than 1.0.0, for a day. */
export const abPolicy: AbTestPolicy = {
  strategy: "ab-test",
  variants: ["1.0.0", "1.1.0"],
  split: { "1.0.0": 50, "1.1.0": 50 },
  metric: {
    name: "clicked",
    direction: MetricDirection.HigherIsBetter,
    lowerBound: 0,
    upperBound: 1,
    minimumEffect: 0.1,
    minimumSamples: 500,
  },
  durationSeconds: 86_400,
  falseWinRate: 0.05,
  minReadyReplicas: 1,
  gates: [],
  minimumSamples: 100,
  falseAlarmRate: 0.01,
};

/** A track without errors whose requests each have a value of the metric. */
export class ValuedTrack {
  private count = 0;
  private sum = 0;
  private sumOfSquares = 0;
  private requests = 0;

  answer(...values: readonly number[]): void {
    this.requests++;
    for (const value of values) {
      this.count++;
      this.sum += value;
      this.sumOfSquares += value * value;
    }
  }

  get counts(): TrackCounts {
    const { requests, count, sum, sumOfSquares } = this;
    return {
      requests,
      errors: 0,
      latency: { bounds: [0.1, 1], counts: [requests, 0, 0] },
      metrics: { clicked: { count, sum, sumOfSquares } },
      readyReplicas: 2,
    };
  }
}

export interface AbSimulation {
  readonly seed: number;
  readonly policy: AbTestPolicy;
  readonly requests: number;
  /** Draws a value of a track. */
  readonly value: (track: string, random: Random) => number;
  /** Requests between two evaluations. */
  readonly requestsPerEvaluation: number;
  /** The actual split, by default the declared one. */
  readonly split?: Readonly<Record<string, number>>;
}

export interface AbOutcome {
  readonly results: readonly VariantResult[];
  readonly phase: AbTestState["phase"];
  readonly requests: number;
  readonly evaluations: number;
}

/** Runs a test over a number of requests, spread over its duration, or until it stops. */
export function simulateAbTest({
  seed,
  policy,
  requests,
  value,
  requestsPerEvaluation,
  split,
}: AbSimulation): AbOutcome {
  const random = new Random(seed);
  const tracks = new Map(policy.variants.map((name) => [name, new ValuedTrack()]));
  const observation = (at: number): Observation => ({
    at,
    tracks: Object.fromEntries([...tracks].map(([name, track]) => [name, track.counts])),
  });
  let decision: Decision<AbTestState> = abTest.decide(policy, undefined, observation(0));
  let [done, evaluations] = [0, 0];
  while (done < requests && decision.state.phase === "running") {
    for (let i = 0; i < requestsPerEvaluation && done < requests; i++, done++) {
      const name = draw(split ?? policy.split, random);
      tracks.get(name)?.answer(value(name, random));
    }
    decision = abTest.decide(policy, decision.state, observation((done / requests) * policy.durationSeconds));
    evaluations++;
  }
  return { results: abTest.results(policy, decision.state), phase: decision.state.phase, requests: done, evaluations };
}

function draw(split: Readonly<Record<string, number>>, random: Random): string {
  let left = random.next() * 100;
  const names = Object.keys(split);
  return names.find((name) => (left -= split[name] ?? 0) < 0) ?? (names.at(-1) as string);
}

/** Draws 1 with a probability by track, and 0 otherwise. */
export function rates(chances: Readonly<Record<string, number>>): AbSimulation["value"] {
  return (track, random) => (random.chance(chances[track] ?? 0) ? 1 : 0);
}
