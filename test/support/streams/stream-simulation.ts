import type { Split } from "../../../lib/strategies/decision";
import type { Observation, TrackCounts } from "../../../lib/strategies/observation";
import type { Outcome, Strategy } from "../../../lib/strategies/strategy";
import { Random } from "../random";
import { binomial, poisson } from "./sampling";
import { CountedTrack, type Conditions, type TrafficStream } from "./traffic";

/** One rollout on one stream of traffic. */
export interface StreamSimulation<Policy, State> {
  readonly strategy: Strategy<Policy, State>;
  readonly policy: Policy;
  readonly stream: TrafficStream;
  readonly seed: number;
  readonly secondsPerEvaluation: number;
  /** A rollout that has not ended by then counts as still running. */
  readonly maxSeconds: number;
  readonly coldRequests?: number;
  /** How the candidate differs from the baseline, and from which second on; from its first request on by default. */
  readonly candidate?: (conditions: Conditions) => Conditions;
  readonly differsFrom?: number;
  /** What a driver reads, where it differs from what was counted. */
  readonly read?: (observation: Observation, history: readonly Observation[], random: Random) => Observation;
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

/** How many observations a driver that reads late can return to. */
const HISTORY = 16;

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
  const history: Observation[] = [];
  let [state, split]: [State | undefined, Split] = [undefined, strategy.opening(policy)];
  let [message, largest, requestsBefore] = ["", 0, 0];
  for (let at = 0; at <= maxSeconds; at += secondsPerEvaluation) {
    const observation: Observation = { at, tracks: countsOf(tracks) };
    history.unshift(observation);
    if (history.length > HISTORY) history.pop();
    const decision = strategy.decide(policy, state, simulation.read?.(observation, history, random) ?? observation);
    ({ state } = decision);
    split = decision;
    message = decision.events.at(-1)?.message ?? message;
    largest = Math.max(largest, at % 900 === 0 ? JSON.stringify(state).length : 0);
    const outcome = strategy.outcome(state);
    if (outcome !== undefined || at + secondsPerEvaluation > maxSeconds)
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
    tracks.get(baselineName)?.answer(users - onCandidate, conditions, false);
    tracks.get(candidateName)?.answer(onCandidate, changed, false);
    tracks.get(baselineName)?.answer(copies(baselineName), conditions, true);
    tracks.get(candidateName)?.answer(copies(candidateName), changed, true);
    if (at < differsFrom) requestsBefore = tracks.get(candidateName)?.requests ?? 0;
  }
}

const countsOf = (tracks: ReadonlyMap<string, CountedTrack>): Record<string, TrackCounts> =>
  Object.fromEntries([...tracks].map(([name, track]) => [name, track.counts]));
