import type { CapacityGate } from "../watch/capacity";
import type { WatchRules } from "../watch/watch";

/** What recorded requests must show on green before users meet it. */
export interface SmokeTest {
  /** Requests that must be answered, each as expected. */
  readonly requests: number;
  /** 95% of them within this. */
  readonly latencyP95Seconds: number;
  /** Path that must answer with 200 first. */
  readonly healthPath: string;
}

/** Everything `decide` needs to switch from blue to green; plain data that survives JSON. */
export interface BlueGreenPolicy extends WatchRules {
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
