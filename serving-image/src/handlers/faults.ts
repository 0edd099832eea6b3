import { badRequest } from "../core/http-error";
import type { FaultInjector } from "../faults/fault-injector";
import type { FaultConfig } from "../faults/settings";
import { readBody } from "../http/body";
import { type Handler, json } from "../http/exchange";
import { decodeUtf8, isObject, parseJson } from "../protocol/json";

const LIMITS: Readonly<Record<keyof FaultConfig, number>> = { latencySeconds: 60, errors: 1, wrong: 1 };

export function getFaults(faults: FaultInjector): Handler {
  return () => json(200, faults.current);
}

/** Replaces the injected faults: `{}` removes all, `{"crash": true}` kills the process at once. */
export function setFaults(faults: FaultInjector, bodyLimit: number): Handler {
  return async ({ request }) => {
    const body = parseJson(decodeUtf8(await readBody(request, bodyLimit)));
    if (!isObject(body)) throw badRequest("The body is not a JSON object of faults.");
    const { crash = false, ...others } = body;
    if (typeof crash !== "boolean") throw badRequest("crash is not true or false.");
    faults.set(readFaults(others));
    if (crash) process.kill(process.pid, "SIGKILL");
    return json(200, faults.current);
  };
}

function readFaults(values: Record<string, unknown>): FaultConfig {
  const faults = { latencySeconds: 0, errors: 0, wrong: 0 };
  for (const [name, value] of Object.entries(values)) {
    if (!isFault(name)) throw badRequest(`"${name}" is not a fault; use ${Object.keys(LIMITS).join(", ")} or crash.`);
    const limit = LIMITS[name];
    if (typeof value !== "number" || !(value >= 0 && value <= limit)) {
      throw badRequest(`${name} is not a number from 0 to ${limit}.`);
    }
    faults[name] = value;
  }
  return faults;
}

function isFault(name: string): name is keyof FaultConfig {
  return Object.hasOwn(LIMITS, name);
}
