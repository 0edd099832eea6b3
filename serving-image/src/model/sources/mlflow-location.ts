import { isObject } from "../../protocol/json";
import { SourceError } from "./file-source";
import { callMlflow } from "./mlflow-api";

/** A model that was logged, which MLflow 3 gives an id of its own. */
const LOGGED = /^models:\/(m-[0-9a-f]{32})(?:\/(.+))?$/;
const REGISTERED = /^models:\/([^/@]+)(?:\/([^/]+)|@([^/]+))(?:\/(.+))?$/;
const RUN = /^runs:\/([^/]+)\/(.+)$/;

/** Where the files of a model are. */
interface MlflowLocation {
  /** The URI of the folder that MLflow keeps for it. */
  readonly folder: string;
  /** Path of the file in it; undefined if the URI does not name one. */
  readonly path?: string | undefined;
}

/** Whether only MLflow knows where the files of a URI are. */
export function isMlflowName(uri: string): boolean {
  return /^(?:models|runs):/.test(uri);
}

/**
 * Where the files of a model are that MLflow knows by `models:/name/version`, `models:/name/latest`, `models:/name/Stage`,
 * `models:/name@alias`, `models:/m-id` or `runs:/run/path`, optionally with the path of a file.
 */
export async function locationOf(uri: string, signal: AbortSignal): Promise<MlflowLocation> {
  const [, id, idPath] = LOGGED.exec(uri) ?? [];
  if (id !== undefined) return { folder: await folderOfLogged(id, signal), path: idPath };
  const [, run, runPath = ""] = RUN.exec(uri) ?? [];
  if (run !== undefined) return { folder: `${await folderOfRun(run, signal)}/${runPath}` };
  const [, encoded, version, alias, path] = REGISTERED.exec(uri) ?? [];
  if (encoded === undefined) {
    throw new SourceError("it is not a name of MLflow: use models:/name/version, models:/name@alias or runs:/run/path");
  }
  const name = decoded(encoded);
  const number =
    alias === undefined ? await numberOf(name, version ?? "", signal) : await numberOfAlias(name, alias, signal);
  const { artifact_uri: folder } = await callMlflow(
    "model-versions/get-download-uri",
    { name, version: number },
    signal,
  );
  if (typeof folder !== "string") throw new SourceError(`MLflow has no location for version ${number} of ${name}`);
  return { folder, path };
}

/** Names may contain spaces, which a URI has in its encoded form. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** The number of a version, of the latest one, or of the latest one in a stage. */
async function numberOf(name: string, version: string, signal: AbortSignal): Promise<string> {
  if (/^\d+$/.test(version)) return version;
  const stage = version.toLowerCase();
  const answer = await callMlflow("registered-models/get-latest-versions", { name }, signal);
  const versions = Array.isArray(answer.model_versions) ? answer.model_versions.filter(isObject) : [];
  const numbers = versions
    .filter(({ current_stage }) => stage === "latest" || String(current_stage).toLowerCase() === stage)
    .map((found) => Number(found.version));
  if (numbers.length > 0) return String(Math.max(...numbers));
  throw new SourceError(
    `MLflow has no version of ${name} ${stage === "latest" ? "at all" : `in the stage ${version}`}`,
  );
}

async function numberOfAlias(name: string, alias: string, signal: AbortSignal): Promise<string> {
  const { model_version: found } = await callMlflow("registered-models/alias", { name, alias }, signal);
  if (isObject(found) && typeof found.version === "string") return found.version;
  throw new SourceError(`MLflow has no version of ${name} with the alias ${alias}`);
}

async function folderOfLogged(id: string, signal: AbortSignal): Promise<string> {
  const { model } = await callMlflow(`logged-models/${id}`, {}, signal);
  const folder = isObject(model) && isObject(model.info) ? model.info.artifact_uri : undefined;
  if (typeof folder === "string") return folder;
  throw new SourceError(`MLflow has no location for the logged model ${id}`);
}

async function folderOfRun(run: string, signal: AbortSignal): Promise<string> {
  const { run: found } = await callMlflow("runs/get", { run_id: run }, signal);
  const folder = isObject(found) && isObject(found.info) ? found.info.artifact_uri : undefined;
  if (typeof folder === "string") return folder.replace(/\/$/, "");
  throw new SourceError(`MLflow has no artifacts of the run ${run}`);
}
