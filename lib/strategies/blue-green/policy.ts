import type { HoldLimits } from "../hold-time";
import type { CapacityGate } from "../monitor/capacity";
import type { MonitorRules } from "../monitor/gate-monitor";
import type { SmokeTest } from "../requirements";
import type { SingleCandidateState } from "../candidate-state";
import type { PolicyBase } from "../strategy";

/** How to switch from blue to green; plain data that survives JSON. */
export interface BlueGreenPolicy extends PolicyBase, MonitorRules, HoldLimits {
  readonly strategy: "blue-green";
  /** Name of the track that serves now. */
  readonly blue: string;
  /** Name of the track that all traffic is switched to. */
  readonly green: string;
  readonly smokeTest: SmokeTest;
  /** Replicas that green must have ready to carry all of blue's load. */
  readonly capacity: CapacityGate;
  /** How long green's gates are evaluated after the switch before blue goes on standby. */
  readonly watchSeconds: number;
  /** How long blue stays on standby after that, for an instant rollback. */
  readonly standbySeconds: number;
  /**
   * Percent of the requests that are mirrored to blue until it is retired, so that green has a baseline of the same time.
   *
   * @default 0
   */
  readonly standbyMirrorPercent?: number;
}

/**
 * `preparing` while blue serves and green is tested without users, `watching` after the switch with blue at full size,
 * `standby` while blue is only kept for a rollback, and the three ends: `retired`, when blue is no longer needed,
 * `switched-back`, and `refused`, when green failed its smoke test and never served a user.
 */
type BlueGreenPhase = "preparing" | "watching" | "standby" | "retired" | "switched-back" | "refused";

/** What a switch remembers between two evaluations. */
export type BlueGreenState = SingleCandidateState<BlueGreenPhase>;
