import type { PolicyBase } from "../strategy";
import type { CapacityGate } from "../watch/capacity";
import type { SmokeTest } from "../requirements";
import type { WatchRules } from "../watch/watch";

/** Everything `decide` needs to switch from blue to green; plain data that survives JSON. */
export interface BlueGreenPolicy extends PolicyBase, WatchRules {
  readonly strategy: "blue-green";
  /** Name of the track that serves now. */
  readonly blue: string;
  /** Name of the track that all traffic is switched to. */
  readonly green: string;
  readonly smokeTest: SmokeTest;
  /** What green must have ready to carry all of blue's load. */
  readonly capacity: CapacityGate;
  /** How long green is watched after the switch before blue goes on standby. */
  readonly watchSeconds: number;
  /** How long blue stays on standby after that, for an instant way back. */
  readonly standbySeconds: number;
}
