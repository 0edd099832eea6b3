import type { Deadline } from "@grpc/grpc-js";
import type { Urgency } from "../protocol/inference";
import { readUrgency } from "../protocol/urgency";
import type { Parameter, Parameters } from "./messages";

/** How urgent a call is: by the parameters that Triton's clients send, and by the deadline that its client has set. */
export function urgencyOf({ timeout, priority }: Parameters, deadline: Deadline): Urgency {
  const urgency = readUrgency({ timeout: valueOf(timeout), priority: valueOf(priority) });
  const secondsLeft = (Number(deadline) - Date.now()) / 1000;
  if (!Number.isFinite(secondsLeft)) return urgency;
  return { ...urgency, timeoutSeconds: Math.min(urgency.timeoutSeconds ?? Infinity, Math.max(secondsLeft, 0)) };
}

function valueOf(parameter: Parameter | undefined): unknown {
  if (!parameter) return undefined;
  const { int64_param: integer, uint64_param: unsigned } = parameter;
  const digits = integer ?? unsigned;
  return digits === undefined ? Object.values(parameter)[0] : Number(digits);
}
