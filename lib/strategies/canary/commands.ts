import type { Decision } from "../decision";
import { nextMoment } from "../moment";
import { rollBack } from "./decide";
import type { CanaryPolicy } from "./policy";
import { initialState, type CanaryState } from "./state";
import { weightsOf } from "./weights";

/** Rolls back because somebody says so, also from a pause or a promotion; nothing happens where it is done already. */
export function abort(
  policy: CanaryPolicy,
  state: CanaryState | undefined,
  at: number,
  reason: string,
): Decision<CanaryState> {
  const before = state ?? initialState(at);
  if (before.phase === "rolled-back") return { state: before, weights: weightsOf(policy, before), events: [] };
  const step = rollBack(policy, atMoment(before, at), reason);
  return { ...step, weights: weightsOf(policy, step.state) };
}

/** Takes up a paused canary where it stood, with the samples it has and its full number of holds. */
export function resume(policy: CanaryPolicy, state: CanaryState, at: number): Decision<CanaryState> {
  if (state.phase !== "paused") return { state, weights: weightsOf(policy, state), events: [] };
  const seen = atMoment(state, at);
  const running: CanaryState = { ...seen, phase: "running", extensions: 0, holdStartedAt: seen.lookedAt };
  const weights = weightsOf(policy, running);
  const message = `resumed at ${weights[policy.canary] ?? 0}%`;
  return { state: running, weights, events: [{ at: running.lookedAt, kind: "resumed", message }] };
}

const atMoment = (state: CanaryState, at: number): CanaryState => ({
  ...state,
  lookedAt: nextMoment(state.lookedAt, at),
});
