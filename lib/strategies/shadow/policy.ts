import type { PolicyBase } from "../strategy";
import type { CapacityGate } from "../watch/capacity";
import type { WatchRules } from "../watch/watch";

/** Everything `decide` needs to run a shadow; plain data that survives JSON. */
export interface ShadowPolicy extends PolicyBase, WatchRules {
  readonly strategy: "shadow";
  /** Name of the track whose answers users get. */
  readonly live: string;
  /** Name of the track that gets copies of requests, and whose answers nobody gets. */
  readonly shadow: string;
  /** Whole percents of the requests that are copied. */
  readonly percent: number;
  /** Least time of mirroring before a verdict. */
  readonly durationSeconds: number;
  readonly capacity: CapacityGate;
}
