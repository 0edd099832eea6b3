import { readBody, textOfBody } from "../http/body";
import { json, type Handler } from "../http/exchange";
import { Refusal } from "../http/refusal";
import type { IndexEntry, ModelHost } from "../model/model-host";
import { isObject, parseJson } from "../protocol/json";

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

/** Changes what is served, where the settings allow it: anyone who may ask for predictions could. */
export function repositoryChange(isAllowed: boolean, change: (model: string) => Promise<void>): Handler {
  return async ({ parameters: [model = ""] }) => {
    checkControl(isAllowed);
    await change(model);
    return json(200, {});
  };
}

export function checkControl(isAllowed: boolean): void {
  if (isAllowed) return;
  throw new Refusal(403, "Models are not loaded or unloaded over the network here (repository.control).");
}
