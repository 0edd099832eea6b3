import contract from "../../serving-image/contract.json";
import { decide } from "../../lib/strategies/canary/decide";
import type { CanaryPolicy } from "../../lib/strategies/canary/policy";
import type { CanaryPhase, CanaryState } from "../../lib/strategies/canary/state";
import { Direction, type Gate } from "../../lib/strategies/gate";
import { Random } from "./random";

/** How a model version answers. */
export interface Behaviour {
  readonly errorRate: number;
  readonly medianLatency: number;
  /** Of the logarithm of the latency: 0.5 puts the p95 at 2.3 times the median. */
  readonly sigma: number;
  readonly accuracy: number;
  /** Share of the requests for which a label comes back. */
  readonly labelled: number;
}

export const honest: Behaviour = { errorRate: 0.01, medianLatency: 0.03, sigma: 0.5, accuracy: 0.97, labelled: 0.5 };

/** All kinds of gates at once, so that the budget of false alarms is shared as it would be. */
export const allGates: readonly Gate[] = [
  { kind: "error-rate-objective", id: "errors", limit: 0.02 },
  { kind: "error-rate-comparison", id: "errors-compared", margin: 0.2 },
  { kind: "latency-objective", id: "p95", quantile: 0.95, limitSeconds: 0.1 },
  { kind: "latency-comparison", id: "p95-compared", quantile: 0.95, margin: 0.2, floorSeconds: 0 },
  {
    kind: "metric-comparison",
    id: "accuracy",
    metric: "accuracy",
    direction: Direction.HigherIsBetter,
    margin: 0.01,
    lowerBound: 0,
    upperBound: 1,
    minimumSamples: 50,
  },
];

/** Requests a second in a simulation. */
const rate = 100;

/** A policy whose stages each see about so many canary requests. */
export function simulatedPolicy(
  weights: readonly number[],
  requestsPerStage: number,
  gates: readonly Gate[] = allGates,
): CanaryPolicy {
  return {
    strategy: "canary",
    stable: "1.0.0",
    canary: "1.1.0",
    stages: weights.map((weight) => ({ weight, holdSeconds: (requestsPerStage * 100) / weight / rate })),
    gates,
    minimumSamples: Math.min(100, requestsPerStage),
    falseAlarmRate: 0.01,
    onInsufficientData: "extend",
    maxExtensions: 20,
    capacity: { minReadyReplicas: 1, shareOfStable: 0 },
  };
}

export interface Simulation {
  readonly seed: number;
  readonly policy: CanaryPolicy;
  readonly stable: Behaviour;
  readonly canary: Behaviour;
  /** From this canary request on, counted from `changeStage`'s first, the canary behaves otherwise. */
  readonly change?: { readonly stage: number; readonly afterRequests: number; readonly behaviour: Behaviour };
  /** Most requests to send in all. */
  readonly mostRequests?: number;
}

export interface SimulationResult {
  readonly phase: CanaryPhase;
  readonly stage: number;
  readonly requests: number;
  readonly changed: boolean;
  /** Of the canary, since the change. */
  readonly canaryRequests: number;
  readonly canaryLabels: number;
  readonly extensions: number;
  readonly lastMessage: string;
  readonly state: CanaryState | undefined;
}

class SimulatedTrack {
  readonly counts = {
    requests: 0,
    errors: 0,
    latency: {
      bounds: contract.buckets.durationSeconds,
      counts: new Array<number>(contract.buckets.durationSeconds.length + 1).fill(0),
    },
    metrics: { accuracy: { count: 0, sum: 0, sumOfSquares: 0 } },
    readyReplicas: 1,
  };

  answer(behaviour: Behaviour, random: Random): void {
    const { counts } = this;
    counts.requests += 1;
    if (random.chance(behaviour.errorRate)) counts.errors += 1;
    const seconds = behaviour.medianLatency * Math.exp(behaviour.sigma * random.normal());
    const bucket = counts.latency.bounds.findIndex((bound) => seconds <= bound);
    const index = bucket < 0 ? counts.latency.bounds.length : bucket;
    counts.latency.counts[index] = (counts.latency.counts[index] ?? 0) + 1;
    if (!random.chance(behaviour.labelled)) return;
    const right = random.chance(behaviour.accuracy) ? 1 : 0;
    counts.metrics.accuracy.count += 1;
    counts.metrics.accuracy.sum += right;
    counts.metrics.accuracy.sumOfSquares += right;
  }
}

/** Runs a rollout request by request, with a look after every single one. */
export function simulate({ seed, policy, stable, canary, change, mostRequests = 1e6 }: Simulation): SimulationResult {
  const random = new Random(seed);
  const tracks = { [policy.stable]: new SimulatedTrack(), [policy.canary]: new SimulatedTrack() };
  const stableTrack = tracks[policy.stable] as SimulatedTrack;
  const canaryTrack = tracks[policy.canary] as SimulatedTrack;
  const observed = { [policy.stable]: stableTrack.counts, [policy.canary]: canaryTrack.counts };
  let decision = decide(policy, undefined, { at: 0, tracks: observed });
  let stageRequests = 0;
  let extensions = 0;
  let requests = 0;
  let lastMessage = "";
  let sinceChange: { requests: number; labels: number } | undefined;
  for (; requests < mostRequests && decision.state.phase === "running";) {
    const { stage } = decision.state;
    if (
      change !== undefined &&
      stage === change.stage &&
      sinceChange === undefined &&
      stageRequests >= change.afterRequests
    )
      sinceChange = { requests: canaryTrack.counts.requests, labels: canaryTrack.counts.metrics.accuracy.count };
    requests += 1;
    if (random.chance((decision.weights[policy.canary] ?? 0) / 100)) {
      canaryTrack.answer(sinceChange !== undefined && change !== undefined ? change.behaviour : canary, random);
      stageRequests += 1;
    } else stableTrack.answer(stable, random);
    decision = decide(policy, decision.state, { at: requests / rate, tracks: observed });
    if (decision.state.stage !== stage) stageRequests = 0;
    for (const event of decision.events) {
      lastMessage = event.message;
      if (event.kind === "extended") extensions += 1;
    }
  }
  const from = sinceChange ?? { requests: 0, labels: 0 };
  return {
    phase: decision.state.phase,
    stage: decision.state.stage,
    requests,
    changed: sinceChange !== undefined,
    canaryRequests: canaryTrack.counts.requests - from.requests,
    canaryLabels: canaryTrack.counts.metrics.accuracy.count - from.labels,
    extensions,
    lastMessage,
    state: decision.state,
  };
}
