import { contract } from "../core/contract";
import { badRequest } from "../core/refusal";
import type { Urgency } from "./inference";

/** The priority of a request that names none. */
export const DEFAULT_PRIORITY = 10;
const MAX_PRIORITY = 2 ** 32 - 1;

/**
 * What a request's own parameters say, as Triton's clients send them: `timeout` in microseconds and `priority`, for
 * both of which 0 is the same as none.
 */
export function readUrgency({ timeout, priority }: Readonly<Record<string, unknown>>): Urgency {
  const microseconds = wholeNumber("timeout", timeout, Number.MAX_SAFE_INTEGER);
  const level = wholeNumber("priority", priority, MAX_PRIORITY);
  return { ...(level && { priority: level }), ...(microseconds && { timeoutSeconds: microseconds / 1e6 }) };
}

/** A request that its router as well gives only so long: the shorter time counts. */
export function withRouterTimeout<T extends { readonly urgency?: Urgency }>(
  draft: T,
  headers: Readonly<Record<string, unknown>>,
): T {
  const milliseconds = Number(headers[contract.headers.routerTimeout]);
  if (!(milliseconds > 0)) return draft;
  const timeoutSeconds = Math.min(draft.urgency?.timeoutSeconds ?? Infinity, milliseconds / 1000);
  return { ...draft, urgency: { ...draft.urgency, timeoutSeconds } };
}

function wholeNumber(name: string, value: unknown, max: number): number {
  if (value === undefined) return 0;
  const number = typeof value === "bigint" ? Number(value) : value;
  if (typeof number === "number" && Number.isInteger(number) && number >= 0 && number <= max) return number;
  throw badRequest(`parameters.${name} is ${String(value).slice(0, 40)}, not a whole number from 0 to ${max}.`);
}
