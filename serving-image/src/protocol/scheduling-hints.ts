import { contract } from "../core/contract";
import { badRequest } from "../core/http-error";
import type { SchedulingHints } from "./inference";

/** The priority of a request that sets none. */
export const DEFAULT_PRIORITY = 10;
const MAX_PRIORITY = 2 ** 32 - 1;

/** Reads the parameters that Triton's clients send: `timeout` in microseconds and `priority`. 0 is the same as unset. */
export function readSchedulingHints({ timeout, priority }: Readonly<Record<string, unknown>>): SchedulingHints {
  const microseconds = wholeNumber("timeout", timeout, Number.MAX_SAFE_INTEGER);
  const level = wholeNumber("priority", priority, MAX_PRIORITY);
  return { ...(level && { priority: level }), ...(microseconds && { timeoutSeconds: microseconds / 1e6 }) };
}

/** Applies the timeout that the router set as well: the shorter one counts. */
export function withRouterTimeout<T extends { readonly hints?: SchedulingHints }>(
  draft: T,
  headers: Readonly<Record<string, unknown>>,
): T {
  const milliseconds = Number(headers[contract.headers.routerTimeout]);
  if (!(milliseconds > 0)) return draft;
  const timeoutSeconds = Math.min(draft.hints?.timeoutSeconds ?? Infinity, milliseconds / 1000);
  return { ...draft, hints: { ...draft.hints, timeoutSeconds } };
}

function wholeNumber(name: string, value: unknown, max: number): number {
  if (value === undefined) return 0;
  const number = typeof value === "bigint" ? Number(value) : value;
  if (typeof number === "number" && Number.isInteger(number) && number >= 0 && number <= max) return number;
  throw badRequest(`parameters.${name} is ${String(value).slice(0, 40)}, not a whole number from 0 to ${max}.`);
}
