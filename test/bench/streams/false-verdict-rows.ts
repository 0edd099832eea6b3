import type { HonestStream } from "./honest-stream";
import { catalogue } from "./catalogue";
import {
  blueGreenRollout,
  canaryRollout,
  falseVerdictRow,
  longCanaryRollout,
  peerRollouts,
  shadowRollout,
  type SimulatedRollout,
} from "./rollouts";
import { benchRowOf } from "./row";
import type { BenchTask } from "./tasks";
import { longVariants, variants } from "./variants";

/** Equal versions on every stream, for every rollout with one candidate, and for the peers on the streams of the catalogue. */
export function falseVerdictTasks(runs: number, firstSeed: number): readonly BenchTask[] {
  const tasksOf = (rollout: SimulatedRollout, streams: readonly HonestStream[]): BenchTask[] =>
    streams.map((stream) => ({
      name: `${rollout.name}: ${stream.name}`,
      run: () => [benchRowOf(falseVerdictRow(rollout, stream, runs, firstSeed))],
    }));
  const single = [canaryRollout, blueGreenRollout, shadowRollout];
  return [
    ...single.flatMap((rollout) => tasksOf(rollout, catalogue(rollout.seconds))),
    ...peerRollouts.flatMap((rollout) => tasksOf(rollout, catalogue(rollout.seconds))),
    ...single.flatMap((rollout) => tasksOf(rollout, variants(rollout.seconds))),
    ...tasksOf(longCanaryRollout, longVariants),
  ];
}
