import { badRequest, Refusal } from "../core/refusal";
import { readBody } from "../http/body";
import { type Handler, json } from "../http/exchange";
import type { IndexEntry, ModelHost } from "../model/model-host";
import { isObject, parseJson, textOfBody } from "../protocol/json";

/** Lists what is served or could be; with `{"ready": true}` only what is served. */
export function repositoryIndex(host: ModelHost, bodyLimit: number): Handler {
  return async ({ request }) => {
    const text = textOfBody(await readBody(request, bodyLimit));
    const asked = text.trim() === "" ? {} : parseJson(text);
    return json(200, await repositoryIndexOf(host, isObject(asked) && asked.ready === true));
  };
}

export async function repositoryIndexOf(host: ModelHost, isOnlyReady: boolean): Promise<readonly IndexEntry[]> {
  const entries = await host.index();
  return isOnlyReady ? entries.filter(({ state }) => state === "READY") : entries;
}

/** What may be done with a model of the repository. */
export type Change = "load" | "unload";

/** Parameters that change nothing here, and that Triton's clients send all the same. */
const HARMLESS: Readonly<Record<Change, readonly string[]>> = { load: [], unload: ["unload_dependents"] };

/** Changes what is served, where the settings allow it. */
export function repositoryChange(host: ModelHost, change: Change, isAllowed: boolean, bodyLimit: number): Handler {
  return async ({ request, parameters: [model = ""] }) => {
    const text = textOfBody(await readBody(request, bodyLimit));
    const body = text.trim() === "" ? {} : parseJson(text);
    const { parameters = {} } = isObject(body) ? body : {};
    if (!isObject(body) || !isObject(parameters)) {
      throw badRequest('The body is not empty, and not {"parameters": {…}} either.');
    }
    checkChange(change, parameters, isAllowed);
    await host[change](model);
    return json(200, {});
  };
}

/** Refuses a change that the settings do not allow, for anyone who may ask for predictions could make it, or that is not known. */
export function checkChange(change: Change, parameters: Readonly<Record<string, unknown>>, isAllowed: boolean): void {
  if (!isAllowed) {
    throw new Refusal(403, "Models are not loaded or unloaded over the network here (repository.control).");
  }
  const unknown = Object.keys(parameters).find((name) => !HARMLESS[change].includes(name));
  if (unknown === undefined) return;
  throw badRequest(
    `A model is ${change}ed as it lies in the repository; the parameter "${unknown.slice(0, 100)}" is not supported.`,
  );
}
