import type { WorkersConfig } from "./settings";
import type { ModelSignature } from "../protocol/datatypes";

/** Where a model computes, and why. */
interface Placement {
  readonly computesIn: "event loop" | "worker threads" | "worker processes";
  readonly reason: string;
  readonly workers?: number;
}

/** What is known of a model before it serves. */
interface PlacementFacts {
  readonly signature: ModelSignature;
  readonly loadSeconds: number;
  /** Duration of a run with the largest batch; undefined if it could not be measured. */
  readonly runSeconds: number | undefined;
  /** Why a run may take for ever, which only a process of its own survives. */
  readonly unboundedReason: string | undefined;
}

/** Loading blocks the event loop, so only a model that loads faster than this runs there. */
const LOAD_IN_LOOP_SECONDS = 0.01;

/**
 * Decides where a model computes. Only a model whose runs are known to be short, at every size that a request may have,
 * computes on the event loop.
 */
export function placementOf(facts: PlacementFacts, { count, aboveSeconds }: WorkersConfig): Placement {
  if (facts.unboundedReason !== undefined) {
    return { computesIn: "worker processes", reason: facts.unboundedReason, workers: count };
  }
  const reason = workerReason(facts, aboveSeconds);
  return reason === undefined
    ? { computesIn: "event loop", reason: `a run takes at most ${aboveSeconds} s` }
    : { computesIn: "worker threads", reason, workers: count };
}

function workerReason(
  { signature, loadSeconds, runSeconds }: PlacementFacts,
  aboveSeconds: number,
): string | undefined {
  if (runSeconds === undefined) return "its runs could not be measured";
  if (runSeconds > aboveSeconds) return `a run takes over ${aboveSeconds} s`;
  const open = signature.inputs.find(({ shape }) => shape.slice(1).includes(-1));
  if (open) return `the size of input "${open.name}" is not fixed, and neither is the duration of a run`;
  if (loadSeconds > LOAD_IN_LOOP_SECONDS) {
    return `loading it would block the event loop for over ${LOAD_IN_LOOP_SECONDS} s`;
  }
  return undefined;
}
