import type { ReadTimes } from "./missing-data";
import { NEW_MONITOR, type GateMonitor } from "./monitor/gate-monitor";
import type { CommonState, RolloutState } from "./rollout-state";

/** The present hold time of a stage, of which a stage may have several. */
interface HoldState {
  /** When it began. */
  readonly holdStartedAt: number;
  /** How many times the stage was extended. */
  readonly extensions: number;
}

/** The state of a strategy with one candidate and the baseline. */
export interface SingleCandidateState<Phase extends string> extends RolloutState<Phase>, HoldState, ReadTimes {
  /** The gates of the candidate. */
  readonly monitor: GateMonitor;
}

/** The state at the start, apart from the phase. */
export function newCandidateState(common: CommonState): Omit<SingleCandidateState<string>, "phase"> {
  const { startedAt } = common;
  return {
    ...common,
    holdStartedAt: startedAt,
    extensions: 0,
    lastReadAt: { candidate: startedAt, baseline: startedAt },
    monitor: NEW_MONITOR,
  };
}
