import type { Split } from "../../../lib/strategies/decision";
import type { Observation, TrackCounts } from "../../../lib/strategies/observation";
import type { Outcome, Strategy } from "../../../lib/strategies/strategy";
import type { Pair } from "../../../lib/strategies/pair";
import { Random } from "../random";
import { perfectReader, type Reader } from "./readers";
import { binomial, poisson } from "./sampling";
import { MAX_AGE_SECONDS, Snapshots } from "./snapshots";
import { CountedTrack, type Conditions, type TrafficStream } from "./traffic";

/** What a simulation needs of a strategy; the simulated peers have no more. */
export type SimulatedStrategy<Policy, State> = Pick<
  Strategy<Policy, State>,
  "tracks" | "opening" | "decide" | "outcome"
>;

/** The conditions of a track's replicas, among which its requests are divided equally. */
export type ReplicaConditions = (conditions: Conditions, seconds: number) => readonly Conditions[];

/** One rollout on one stream of traffic. */
export interface StreamSimulation<Policy, State> {
  readonly strategy: SimulatedStrategy<Policy, State>;
  readonly policy: Policy;
  readonly stream: TrafficStream;
  readonly seed: number;
  readonly secondsPerEvaluation: number;
  /** A rollout that has not ended by then counts as still running. */
  readonly maxSeconds: number;
  /** Whether the rollout has ended; by default, when it has an outcome. A promotion may still be revoked. */
  readonly hasEnded?: (state: State) => boolean;
  readonly coldRequests?: number;
  /** How the candidate differs from the baseline, and from which second on; from its first request on by default. */
  readonly candidate?: (conditions: Conditions) => Conditions;
  readonly differsFrom?: number;
  /** Conditions that tracks do not share; called once for each rollout. */
  readonly replicas?: (random: Random) => Pair<ReplicaConditions>;
  /** What a driver reads; by default, exactly what was counted. */
  readonly reader?: Reader;
}

export interface StreamResult {
  readonly outcome: Outcome | "running";
  readonly seconds: number;
  /** Requests of the candidate until the end, since it differs. */
  readonly requests: number;
  /** Whether it ended before the candidate differed. */
  readonly early: boolean;
  /** The event that ended it. */
  readonly message: string;
  readonly stateBytes: number;
}

/** Conditions are constant within each of this many slices of the time between two evaluations. */
const SLICES = 3;

/** The size of the state is measured once in so many evaluations. */
const EVALUATIONS_PER_SIZE = 60;

const ONE_REPLICA: ReplicaConditions = (conditions) => [conditions];

/**
 * Runs a rollout evaluation by evaluation. Requests are drawn as counts and not one by one, so that hundreds of rollouts
 * of hours take seconds.
 */
export function simulateStream<Policy, State>(simulation: StreamSimulation<Policy, State>): StreamResult {
  const { strategy, policy, seed, secondsPerEvaluation, maxSeconds } = simulation;
  const { candidate = (same) => same, differsFrom = 0 } = simulation;
  const random = new Random(seed);
  const conditionsAt = simulation.stream(random);
  const [baselineName = "", candidateName = ""] = strategy.tracks(policy);
  const tracks = new Map([
    [baselineName, new CountedTrack(random)],
    [candidateName, new CountedTrack(random, simulation.coldRequests)],
  ]);
  const read = (simulation.reader ?? perfectReader)(random);
  const replicas = simulation.replicas?.(random) ?? { candidate: ONE_REPLICA, baseline: ONE_REPLICA };
  const snapshots = new Snapshots(MAX_AGE_SECONDS);
  const observe = (at: number): Observation => ({ at, tracks: countsOf(tracks) });
  const keep = (observation: Observation): Observation => {
    if (simulation.reader !== undefined) snapshots.add(observation);
    return observation;
  };
  let [state, split]: [State | undefined, Split] = [undefined, strategy.opening(policy)];
  let [message, largest, requestsBefore] = ["", 0, 0];
  for (let evaluation = 0; evaluation * secondsPerEvaluation <= maxSeconds; evaluation++) {
    const at = evaluation * secondsPerEvaluation;
    const decision = strategy.decide(policy, state, read(snapshots, keep(observe(at))));
    ({ state } = decision);
    split = decision;
    message = decision.events.at(-1)?.message ?? message;
    if (evaluation % EVALUATIONS_PER_SIZE === 0) largest = Math.max(largest, JSON.stringify(state).length);
    const outcome = strategy.outcome(state);
    const hasEnded = simulation.hasEnded?.(state) ?? outcome !== undefined;
    if (hasEnded || at + secondsPerEvaluation > maxSeconds)
      return {
        outcome: outcome ?? "running",
        seconds: at,
        requests: (tracks.get(candidateName)?.requests ?? 0) - requestsBefore,
        early: at < differsFrom,
        message,
        stateBytes: largest,
      };
    for (let slice = 0; slice < SLICES; slice++) {
      const seconds = secondsPerEvaluation / SLICES;
      if (slice > 0 && simulation.reader !== undefined) keep(observe(at + slice * seconds));
      serve(at + (slice + 0.5) * seconds, seconds);
    }
  }
  throw new Error("a rollout has at least one evaluation");

  function serve(at: number, seconds: number): void {
    const conditions = conditionsAt(at);
    const users = poisson(random, conditions.requestsPerSecond * seconds);
    const onCandidate = binomial(random, users, (split.weights[candidateName] ?? 0) / 100);
    const copies = (name: string): number => binomial(random, users, (split.mirrors?.[name] ?? 0) / 100);
    const changed = at >= differsFrom ? candidate(conditions) : conditions;
    const baselineReplicas = replicas.baseline(conditions, at);
    const candidateReplicas = replicas.candidate(changed, at);
    answer(baselineName, users - onCandidate, baselineReplicas, false);
    answer(candidateName, onCandidate, candidateReplicas, false);
    answer(baselineName, copies(baselineName), baselineReplicas, true);
    answer(candidateName, copies(candidateName), candidateReplicas, true);
    if (at < differsFrom) requestsBefore = tracks.get(candidateName)?.requests ?? 0;
  }

  function answer(track: string, requests: number, conditions: readonly Conditions[], isMirror: boolean): void {
    let left = requests;
    for (const [i, each] of conditions.entries()) {
      const part = binomial(random, left, 1 / (conditions.length - i));
      tracks.get(track)?.answer(part, each, isMirror);
      left -= part;
    }
  }
}

const countsOf = (tracks: ReadonlyMap<string, CountedTrack>): Record<string, TrackCounts> =>
  Object.fromEntries([...tracks].map(([name, track]) => [name, track.counts]));
