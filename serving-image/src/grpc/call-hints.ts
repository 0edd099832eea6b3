import type { SchedulingHints } from "../protocol/inference";
import { readSchedulingHints } from "../protocol/scheduling-hints";
import type { Parameter, Parameters } from "./messages";

/** Combines the parameters that Triton's clients send with the deadline of the call. */
export function schedulingHintsOf({ timeout, priority }: Parameters, deadline: number): SchedulingHints {
  const hints = readSchedulingHints({ timeout: valueOf(timeout), priority: valueOf(priority) });
  const secondsLeft = (deadline - Date.now()) / 1000;
  if (!Number.isFinite(secondsLeft)) return hints;
  return { ...hints, timeoutSeconds: Math.min(hints.timeoutSeconds ?? Infinity, Math.max(secondsLeft, 0)) };
}

function valueOf(parameter: Parameter | undefined): unknown {
  if (!parameter) return undefined;
  const { int64_param: integer, uint64_param: unsigned } = parameter;
  const digits = integer ?? unsigned;
  return digits === undefined ? Object.values(parameter)[0] : Number(digits);
}
