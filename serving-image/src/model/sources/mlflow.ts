import { HttpFile } from "./http";
import { type FileBytes, type FileSource, type Progress, SourceRefusal } from "./model-source";

const ARTIFACTS = /^mlflow-artifacts:(?:\/\/[^/]+)?\/(.+)$/;
const MODEL = /^models:\/([^/@]+)(?:\/([^/]+)(?:\/(.+))?|@([^/]+)(?:\/(.+))?)$/;
/** What MLflow calls the file when it logs an ONNX model. */
const MODEL_FILE = "model.onnx";

/**
 * A file that MLflow keeps: `mlflow-artifacts:/path/model.onnx`, or, by a registered model's version or alias,
 * `models:/name/version` and `models:/name@alias`, perhaps with the path of the file within it.
 */
export class MlflowFile implements FileSource {
  /** @param sourceOf reads what else than MLflow itself a registered model may lie in */
  constructor(
    private readonly uri: string,
    private readonly sourceOf: (uri: string) => FileSource,
    private readonly suffix = "",
  ) {}

  async open(after: Progress | undefined, signal: AbortSignal): Promise<FileBytes> {
    const uri = MODEL.test(this.uri) ? await this.resolve(signal) : this.uri;
    const [, path] = ARTIFACTS.exec(uri) ?? [];
    const source = path === undefined ? this.sourceOf(uri) : artifact(path);
    return (this.suffix === "" ? source : source.beside(this.suffix)).open(after, signal);
  }

  beside(suffix: string): FileSource {
    return new MlflowFile(this.uri, this.sourceOf, this.suffix + suffix);
  }

  /** The URI of the file of a registered model. */
  private async resolve(signal: AbortSignal): Promise<string> {
    const [, name = "", number, numbersPath, alias = "", aliasPath] = MODEL.exec(this.uri) ?? [];
    const version = number ?? (await this.versionOf(name, alias, signal));
    const { artifact_uri: folder } = await ask("model-versions/get-download-uri", { name, version }, signal);
    if (typeof folder !== "string") throw new SourceRefusal(`MLflow says no place of version ${version} of ${name}`);
    const path = numbersPath ?? aliasPath;
    if (path === undefined && folder.endsWith(".onnx")) return folder;
    return `${folder.replace(/\/$/, "")}/${path ?? MODEL_FILE}`;
  }

  private async versionOf(name: string, alias: string, signal: AbortSignal): Promise<string> {
    const { model_version: found } = await ask("registered-models/alias", { name, alias }, signal);
    const version = typeof found === "object" && found !== null && "version" in found ? found.version : undefined;
    if (typeof version === "string") return version;
    throw new SourceRefusal(`MLflow says no version of ${name} that is called ${alias}`);
  }
}

function artifact(path: string): FileSource {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  return new HttpFile(`${trackingUri()}/api/2.0/mlflow-artifacts/artifacts/${encoded}`, authorization());
}

async function ask(
  method: string,
  parameters: Record<string, string>,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const url = `${trackingUri()}/api/2.0/mlflow/${method}?${new URLSearchParams(parameters)}`;
  const response = await fetch(url, { signal, headers: authorization() });
  const text = await response.text();
  if (response.ok) return JSON.parse(text);
  const message = `MLflow answered ${response.status} to ${method}: ${text.slice(0, 200)}`;
  throw response.status >= 500 ? new Error(message) : new SourceRefusal(message, response.status);
}

function trackingUri(): string {
  const uri = process.env.MLFLOW_TRACKING_URI;
  if (uri && /^https?:\/\//i.test(uri)) return uri.replace(/\/$/, "");
  throw new SourceRefusal("MLFLOW_TRACKING_URI does not name an MLflow server (http:// or https://)");
}

/** As MLflow's own clients take it from the environment. */
function authorization(): Record<string, string> {
  const {
    MLFLOW_TRACKING_TOKEN: token,
    MLFLOW_TRACKING_USERNAME: user,
    MLFLOW_TRACKING_PASSWORD: password,
  } = process.env;
  if (token) return { authorization: `Bearer ${token}` };
  if (!user) return {};
  return { authorization: `Basic ${Buffer.from(`${user}:${password ?? ""}`).toString("base64")}` };
}
