import { badRequest, HttpError } from "../core/http-error";
import { readBody } from "../http/body";
import { type Handler, json } from "../http/exchange";
import type { IndexEntry, ModelHost } from "../model/model-host";
import { decodeUtf8, isObject, parseJson } from "../protocol/json";

/** Lists the models that are served or could be; with `{"ready": true}` only those that are served. */
export function repositoryIndex(host: ModelHost, bodyLimit: number): Handler {
  return async ({ request }) => {
    const text = decodeUtf8(await readBody(request, bodyLimit));
    const body = text.trim() === "" ? {} : parseJson(text);
    return json(200, await repositoryIndexOf(host, isObject(body) && body.ready === true));
  };
}

export async function repositoryIndexOf(host: ModelHost, isOnlyReady: boolean): Promise<readonly IndexEntry[]> {
  const entries = await host.index();
  return isOnlyReady ? entries.filter(({ state }) => state === "READY") : entries;
}

/** An operation on a model of the repository. */
type RepositoryChange = "load" | "unload";

/** Parameters that have no effect here, but that Triton's clients send anyway. */
const IGNORED_PARAMETERS: Readonly<Record<RepositoryChange, readonly string[]>> = {
  load: [],
  unload: ["unload_dependents"],
};

/** Loads or unloads a model, if the settings allow it. */
export function repositoryChange(
  host: ModelHost,
  change: RepositoryChange,
  isAllowed: boolean,
  bodyLimit: number,
): Handler {
  return async ({ request, parameters: [model = ""] }) => {
    const text = decodeUtf8(await readBody(request, bodyLimit));
    const body = text.trim() === "" ? {} : parseJson(text);
    const { parameters = {} } = isObject(body) ? body : {};
    if (!isObject(body) || !isObject(parameters)) {
      throw badRequest('The body is neither empty nor {"parameters": {…}}.');
    }
    checkChange(change, parameters, isAllowed);
    await host[change](model);
    return json(200, {});
  };
}

/** Rejects a change that the settings do not allow, since every client could make it, or one with unknown parameters. */
export function checkChange(
  change: RepositoryChange,
  parameters: Readonly<Record<string, unknown>>,
  isAllowed: boolean,
): void {
  if (!isAllowed) {
    throw new HttpError(403, "This server does not load or unload models over the network (repository.control).");
  }
  const unknown = Object.keys(parameters).find((name) => !IGNORED_PARAMETERS[change].includes(name));
  if (unknown === undefined) return;
  throw badRequest(
    `A model is ${change}ed as it is in the repository; the parameter "${unknown.slice(0, 100)}" is not supported.`,
  );
}
