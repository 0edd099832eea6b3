import type { HoldLimits } from "../hold-time";
import type { CapacityGate } from "../monitor/capacity";
import type { MonitorRules } from "../monitor/gate-monitor";
import type { SingleCandidateState } from "../candidate-state";
import type { PolicyBase } from "../strategy";

/** How to run a shadow; plain data that survives JSON. */
export interface ShadowPolicy extends PolicyBase, MonitorRules, HoldLimits {
  readonly strategy: "shadow";
  /** Name of the track that serves the users. */
  readonly live: string;
  /** Name of the track that requests are mirrored to; its responses are discarded. */
  readonly shadow: string;
  /** Whole percentage of the requests that are mirrored. */
  readonly percent: number;
  /** Minimum time of mirroring before the verdict. */
  readonly durationSeconds: number;
  readonly capacity: CapacityGate;
}

/**
 * `waiting` for ready replicas, `mirroring`, and the two verdicts: `passed`, which keeps mirroring until the program
 * changes, and `failed`, which stops mirroring.
 */
type ShadowPhase = "waiting" | "mirroring" | "passed" | "failed";

/** What a shadow remembers between two evaluations. */
export type ShadowState = SingleCandidateState<ShadowPhase>;
