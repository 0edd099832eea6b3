import { canary } from "./canary/strategy";
import type { Strategy } from "./strategy";

/** A policy of whatever strategy, as far as a driver must know it to find its reducer. */
export interface AnyPolicy {
  readonly strategy: string;
}

/** A strategy to whoever only carries its policy and its states from look to look. */
export type AnyStrategy = Strategy<AnyPolicy, unknown>;

/** By `policy.strategy`. */
const STRATEGIES: Readonly<Record<string, AnyStrategy>> = { canary };

/** The reducer that a policy is for. */
export function strategyOf({ strategy }: AnyPolicy): AnyStrategy {
  const found = STRATEGIES[strategy];
  if (found === undefined) throw new Error(`no strategy is called ${strategy}`);
  return found;
}
