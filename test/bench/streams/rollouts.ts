import { blueGreen } from "../../../lib/strategies/blue-green/strategy";
import { canary } from "../../../lib/strategies/canary/strategy";
import { shadow } from "../../../lib/strategies/shadow/strategy";
import { simulateStream, type StreamResult, type StreamSimulation } from "../../support/streams/stream-simulation";
import type { HonestStream } from "./honest-stream";
import { argoLike, flaggerLike, peer, type PeerPolicy } from "./peers";
import { blueGreenPolicy, canaryPolicy, OBJECTIVE, shadowPolicy } from "./policies";
import { wilson, type StreamRow } from "./row";

/** A rollout that is simulated on many streams. */
export interface SimulatedRollout {
  readonly name: string;
  /** How long it takes if nothing goes wrong. */
  readonly seconds: number;
  /** Whether its false verdicts are held to the goal; those of peers are not. */
  readonly hasGoal: boolean;
  simulate(stream: HonestStream, seed: number): StreamResult;
}

/** The share of equally good versions that may be rolled back. */
const MAX_FALSE_VERDICTS = 0.01;

const WEIGHTS = [5, 10, 25, 50, 95];
const HOLD_SECONDS = 1800;
const SECONDS_PER_EVALUATION = Number(process.env["STREAM_SECONDS"] ?? 15);

type RolloutOptions<Policy, State> = Pick<StreamSimulation<Policy, State>, "strategy" | "policy" | "hasEnded"> &
  Pick<SimulatedRollout, "name" | "seconds"> & { readonly secondsPerEvaluation?: number; readonly hasGoal?: boolean };

function rolloutOf<Policy, State>({
  name,
  seconds,
  secondsPerEvaluation = SECONDS_PER_EVALUATION,
  hasGoal = true,
  ...simulated
}: RolloutOptions<Policy, State>): SimulatedRollout {
  const common = { ...simulated, secondsPerEvaluation, maxSeconds: 3 * seconds };
  return {
    name,
    seconds,
    hasGoal,
    simulate: ({ name: _, isOneSided: __, ...stream }, seed) => simulateStream({ ...common, ...stream, seed }),
  };
}

const peerRollout = (name: string, policy: PeerPolicy): SimulatedRollout =>
  rolloutOf({ name, strategy: peer, policy, seconds: WEIGHTS.length * HOLD_SECONDS, hasGoal: false });

export const canaryRollout = rolloutOf({
  name: "canary",
  strategy: canary,
  policy: canaryPolicy(WEIGHTS, HOLD_SECONDS),
  seconds: WEIGHTS.length * HOLD_SECONDS,
});

const LONG_HOLD_SECONDS = 12 * 3600;
export const longCanaryRollout = rolloutOf({
  name: "canary of 60 hours",
  strategy: canary,
  policy: canaryPolicy(WEIGHTS, LONG_HOLD_SECONDS),
  seconds: WEIGHTS.length * LONG_HOLD_SECONDS,
  secondsPerEvaluation: 8 * SECONDS_PER_EVALUATION,
});

const WATCH_SECONDS = 1800;
const STANDBY_SECONDS = 7200;
export const blueGreenRollout = rolloutOf({
  name: "blue-green",
  strategy: blueGreen,
  policy: blueGreenPolicy(WATCH_SECONDS, STANDBY_SECONDS),
  seconds: WATCH_SECONDS + STANDBY_SECONDS,
  // Green is promoted when its watch ends, and may still be switched back while blue is on standby.
  hasEnded: ({ phase, paused }) => paused || ["retired", "switched-back", "refused"].includes(phase),
});

export const shadowRollout = rolloutOf({ name: "shadow", strategy: shadow, policy: shadowPolicy(), seconds: 9000 });

/** Other controllers with the thresholds of their documentation, and with the objective as the threshold. */
export const peerRollouts: readonly SimulatedRollout[] = [
  peerRollout("Argo-like, at least 95%", argoLike(WEIGHTS, HOLD_SECONDS, 0.95)),
  peerRollout("Argo-like, at the objective", argoLike(WEIGHTS, HOLD_SECONDS, 1 - OBJECTIVE)),
  peerRollout("Flagger-like, at least 99%", flaggerLike(WEIGHTS, HOLD_SECONDS, 0.99, 0.5)),
  peerRollout("Flagger-like, at the objective", flaggerLike(WEIGHTS, HOLD_SECONDS, 1 - OBJECTIVE, 0.5)),
];

export function falseVerdictRow(
  rollout: SimulatedRollout,
  stream: HonestStream,
  runs: number,
  firstSeed: number,
): StreamRow {
  const results = Array.from({ length: runs }, (_, run) => rollout.simulate(stream, firstSeed + run));
  const falseVerdicts = results.filter(({ outcome }) => outcome === "rolled-back");
  const example = falseVerdicts[0]?.message;
  return {
    stream: `${rollout.name}: ${stream.name}`,
    runs,
    falseVerdicts: falseVerdicts.length,
    interval: wilson(falseVerdicts.length, runs),
    ...(rollout.hasGoal && stream.isOneSided !== true && { limit: MAX_FALSE_VERDICTS }),
    unit: "rolled back",
    notes: `${describeOthers(results)}${example === undefined ? "" : `; such as "${example}"`}`,
  };
}

function describeOthers(results: readonly StreamResult[]): string {
  const outcomes = ["promoted", "completed", "paused", "running"].flatMap((outcome) => {
    const count = results.filter((result) => result.outcome === outcome).length;
    return count === 0 ? [] : [`${count} ${outcome}`];
  });
  const seconds = results.map((result) => result.seconds).sort((a, b) => a - b)[Math.floor(results.length / 2)] ?? 0;
  const bytes = Math.max(...results.map(({ stateBytes }) => stateBytes));
  return `${outcomes.join(", ")}; median ${Math.round(seconds / 60)} min; state ${bytes} B`;
}
