import { decide } from "../../lib/strategies/ab-test/decide";
import type { AbTestPolicy } from "../../lib/strategies/ab-test/policy";
import { resultsOf } from "../../lib/strategies/ab-test/results";
import type { VariantResult } from "../../lib/strategies/result";
import type { AbTestState } from "../../lib/strategies/ab-test/state";
import type { Decision } from "../../lib/strategies/decision";
import { Direction } from "../../lib/strategies/gate";
import type { Observation, TrackCounts } from "../../lib/strategies/observation";
import { Random } from "./random";

/** Whether 1.1.0 is clicked more often than 1.0.0, by a tenth or more, for a day. */
export const abPolicy: AbTestPolicy = {
  strategy: "ab-test",
  variants: ["1.0.0", "1.1.0"],
  split: { "1.0.0": 50, "1.1.0": 50 },
  metric: {
    name: "clicked",
    direction: Direction.HigherIsBetter,
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

/** A track whose requests each have a value of the metric, with no errors and no latency. */
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
  /** Requests between two looks. */
  readonly lookEvery: number;
  /** Where requests really go. By default as declared. */
  readonly split?: Readonly<Record<string, number>>;
}

export interface AbOutcome {
  readonly results: readonly VariantResult[];
  readonly phase: AbTestState["phase"];
  readonly requests: number;
  readonly looks: number;
}

/** Runs a test over so many requests, spread over its time, or until it stops. */
export function simulateAbTest({ seed, policy, requests, value, lookEvery, split }: AbSimulation): AbOutcome {
  const random = new Random(seed);
  const tracks = new Map(policy.variants.map((name) => [name, new ValuedTrack()]));
  const observation = (at: number): Observation => ({
    at,
    tracks: Object.fromEntries([...tracks].map(([name, track]) => [name, track.counts])),
  });
  let decision: Decision<AbTestState> = decide(policy, undefined, observation(0));
  let [done, looks] = [0, 0];
  while (done < requests && decision.state.phase === "running") {
    for (let i = 0; i < lookEvery && done < requests; i++, done++) {
      const name = draw(split ?? policy.split, random);
      tracks.get(name)?.answer(value(name, random));
    }
    decision = decide(policy, decision.state, observation((done / requests) * policy.durationSeconds));
    looks++;
  }
  return { results: resultsOf(policy, decision.state), phase: decision.state.phase, requests: done, looks };
}

function draw(split: Readonly<Record<string, number>>, random: Random): string {
  let left = random.next() * 100;
  const names = Object.keys(split);
  return names.find((name) => (left -= split[name] ?? 0) < 0) ?? (names.at(-1) as string);
}

/** Draws 1 with a chance by track, and 0 else. */
export function rates(chances: Readonly<Record<string, number>>): AbSimulation["value"] {
  return (track, random) => (random.chance(chances[track] ?? 0) ? 1 : 0);
}
