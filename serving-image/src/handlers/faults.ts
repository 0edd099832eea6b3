import { badRequest } from "../core/refusal";
import type { Faults } from "../faults/faults";
import type { FaultConfig } from "../faults/settings";
import { readBody } from "../http/body";
import { type Handler, json } from "../http/exchange";
import { isObject, parseJson, textOfBody } from "../protocol/json";

const LIMITS: Readonly<Record<keyof FaultConfig, number>> = { latencySeconds: 60, errors: 1, wrong: 1 };

export function currentFaults(faults: Faults): Handler {
  return () => json(200, faults.current);
}

/** Puts faults in, in place of those before; `{}` takes them all out, `{"crash": true}` ends the process at once. */
export function putFaults(faults: Faults, bodyLimit: number): Handler {
  return async ({ request }) => {
    const asked = parseJson(textOfBody(await readBody(request, bodyLimit)));
    if (!isObject(asked)) throw badRequest("The body is not an object of faults.");
    const { crash = false, ...others } = asked;
    if (typeof crash !== "boolean") throw badRequest("crash is neither true nor false.");
    faults.set(readFaults(others));
    if (crash) process.kill(process.pid, "SIGKILL");
    return json(200, faults.current);
  };
}

function readFaults(asked: Record<string, unknown>): FaultConfig {
  const faults = { latencySeconds: 0, errors: 0, wrong: 0 };
  for (const [name, value] of Object.entries(asked)) {
    if (!isFault(name))
      throw badRequest(`There is no fault "${name}"; there are ${Object.keys(LIMITS).join(", ")} and crash.`);
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
