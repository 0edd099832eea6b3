import contract from "../../serving-image/contract.json";
import { canary as strategy } from "../../lib/strategies/canary/strategy";
import type { CanaryPolicy } from "../../lib/strategies/canary/policy";
import { MetricDirection, type Gate } from "../../lib/strategies/gate";
import type { Outcome } from "../../lib/strategies/strategy";
import type { Observation, TrackCounts } from "../../lib/strategies/observation";
import { Random } from "./random";

/** How a model version responds. */
export interface Behavior {
  readonly errorRate: number;
  /** Latencies are lognormal: their median in seconds, and the deviation of their logarithm. */
  readonly medianLatency: number;
  readonly sigma: number;
  /** Share of correct predictions among the labelled ones, and the share of labelled ones. */
  readonly accuracy: number;
  readonly labelled: number;
}

export const healthy: Behavior = { errorRate: 0.01, medianLatency: 0.03, sigma: 0.5, accuracy: 0.97, labelled: 0.5 };

/** Gates of every kind, so that they share the false-alarm rate as in a real rollout. */
export const gatesFor = (errorRate: number, minimumLabels = 25): readonly Gate[] => [
  { kind: "error-rate-objective", id: "errors", limit: errorRate },
  { kind: "error-rate-comparison", id: "errors-compared", margin: 0.25 },
  { kind: "latency-objective", id: "p95", quantile: 0.95, limitSeconds: 0.1 },
  { kind: "latency-comparison", id: "p95-compared", quantile: 0.95, margin: 0.2, floorSeconds: 0 },
  {
    kind: "metric-comparison",
    id: "accuracy",
    metric: "accuracy",
    direction: MetricDirection.HigherIsBetter,
    margin: 0.01,
    lowerBound: 0,
    upperBound: 1,
    minimumSamples: minimumLabels,
  },
];

const requestsPerSecond = 100;

/** A policy whose stages each last for about as many canary requests. */
export const policyFor = (
  weights: readonly number[],
  requestsPerStage: number,
  gates: readonly Gate[] = gatesFor(0.02),
): CanaryPolicy => ({
  strategy: "canary",
  stable: "1.0.0",
  canary: "1.1.0",
  stages: weights.map((weight) => ({ weight, holdSeconds: (requestsPerStage * 100) / weight / requestsPerSecond })),
  gates,
  minimumSamples: Math.min(100, requestsPerStage),
  falseAlarmRate: 0.01,
  onInsufficientData: "extend",
  maxExtensions: 20,
  capacity: { minReadyReplicas: 1, shareOfStable: 0 },
});

export interface Simulation {
  readonly seed: number;
  readonly policy: CanaryPolicy;
  readonly stable: Behavior;
  readonly canary: Behavior;
  /** The canary changes its behavior after a number of canary requests in a stage. */
  readonly turn?: { readonly into: Behavior; readonly stage: number; readonly after: number };
  /** Called before every evaluation. */
  readonly onEvaluation?: () => void;
}

export interface SimulationResult {
  readonly outcome: Outcome | undefined;
  readonly extensions: number;
  /** Whether the canary had changed when the rollout ended, and what it has served since. */
  readonly turned: boolean;
  readonly requests: number;
  readonly labels: number;
}

class SimulatedTrack {
  requests = 0;
  labels = 0;
  private errors = 0;
  private right = 0;
  private readonly buckets = new Array<number>(contract.buckets.durationSeconds.length + 1).fill(0);

  constructor(private readonly random: Random) {}

  answer({ errorRate, medianLatency, sigma, accuracy, labelled }: Behavior): void {
    const { random, buckets } = this;
    this.requests += 1;
    if (random.chance(errorRate)) this.errors += 1;
    const seconds = medianLatency * Math.exp(sigma * random.normal());
    const bucket = contract.buckets.durationSeconds.findIndex((bound) => seconds <= bound);
    const index = bucket < 0 ? buckets.length - 1 : bucket;
    buckets[index] = (buckets[index] ?? 0) + 1;
    if (!random.chance(labelled)) return;
    this.labels += 1;
    if (random.chance(accuracy)) this.right += 1;
  }

  get counts(): TrackCounts {
    return {
      requests: this.requests,
      errors: this.errors,
      latency: { bounds: contract.buckets.durationSeconds, counts: this.buckets },
      metrics: { accuracy: { count: this.labels, sum: this.right, sumOfSquares: this.right } },
      readyReplicas: 1,
    };
  }
}

/** Requests of the stable version change the evidence little, so that not every one is followed by an evaluation. */
const STABLE_REQUESTS_PER_EVALUATION = 10;

/** Runs a rollout to its end, request by request, with an evaluation after every one of the canary. */
export function simulate({ seed, policy, stable, canary, turn, onEvaluation }: Simulation): SimulationResult {
  const random = new Random(seed);
  const tracks = { stable: new SimulatedTrack(random), canary: new SimulatedTrack(random) };
  const observe = (at: number) => ({
    at,
    tracks: { [policy.stable]: tracks.stable.counts, [policy.canary]: tracks.canary.counts },
  });
  let decision = strategy.decide(policy, undefined, observe(0));
  let turnedAt: { requests: number; labels: number } | undefined;
  let stageBegan = 0;
  let extensions = 0;
  for (let sent = 1; strategy.outcome(decision.state) === undefined; sent++) {
    const { stage } = decision.state;
    if (turn?.stage === stage && tracks.canary.requests - stageBegan >= turn.after)
      turnedAt ??= { requests: tracks.canary.requests, labels: tracks.canary.labels };
    const isCanary = random.chance((decision.weights[policy.canary] ?? 0) / 100);
    if (!isCanary) tracks.stable.answer(stable);
    else tracks.canary.answer(turn !== undefined && turnedAt !== undefined ? turn.into : canary);
    if (!isCanary && sent % STABLE_REQUESTS_PER_EVALUATION !== 0) continue;
    onEvaluation?.();
    decision = strategy.decide(policy, decision.state, observe(sent / requestsPerSecond));
    if (decision.state.stage !== stage) stageBegan = tracks.canary.requests;
    extensions += decision.events.filter(({ kind }) => kind === "extended").length;
  }
  return {
    outcome: strategy.outcome(decision.state),
    extensions,
    turned: turnedAt !== undefined,
    requests: tracks.canary.requests - (turnedAt?.requests ?? 0),
    labels: tracks.canary.labels - (turnedAt?.labels ?? 0),
  };
}

/** Observations of two equal tracks in the policy's first stage, one per request, for a replay. */
export function recordObservations(policy: CanaryPolicy, behavior: Behavior, requests: number): readonly Observation[] {
  const random = new Random(1);
  const tracks = { stable: new SimulatedTrack(random), canary: new SimulatedTrack(random) };
  return Array.from({ length: requests }, (_, sent) => {
    tracks[random.chance((policy.stages[0]?.weight ?? 0) / 100) ? "canary" : "stable"].answer(behavior);
    const counts = { [policy.stable]: tracks.stable.counts, [policy.canary]: tracks.canary.counts };
    return { at: sent / requestsPerSecond, tracks: structuredClone(counts) };
  });
}

export interface Detection {
  readonly policy: CanaryPolicy;
  readonly regression: Partial<Behavior>;
  readonly stage: number;
  readonly after: number;
  readonly runs: number;
  readonly labelled?: number;
}

/** How many canary requests and labels it took to roll back a canary that became worse, in ascending order. */
export function detect({ policy, regression, stage, after, runs, labelled = healthy.labelled }: Detection): {
  readonly requests: readonly number[];
  readonly labels: readonly number[];
} {
  const good = { ...healthy, labelled };
  const results: SimulationResult[] = [];
  for (let run = 0; run < runs; run++) {
    const turn = { into: { ...good, ...regression }, stage, after };
    const result = simulate({ seed: 1000 * (stage + 1) + 7 * after + run, policy, stable: good, canary: good, turn });
    // A rollback before the change is a false alarm, which is counted elsewhere.
    if (result.turned) results.push(result);
  }
  const found = (count: (result: SimulationResult) => number): number[] =>
    results.map((result) => (result.outcome === "rolled-back" ? count(result) : Infinity)).sort((a, b) => a - b);
  return { requests: found(({ requests }) => requests), labels: found(({ labels }) => labels) };
}

/** The smallest value that a share of the sorted values does not exceed. */
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? NaN;
