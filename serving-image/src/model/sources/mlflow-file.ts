import { type DownloadProgress, type FileBytes, type FileSource, SourceError } from "./file-source";
import { HttpFile } from "./http-file";

const ARTIFACTS = /^mlflow-artifacts:(?:\/\/[^/]+)?\/(.+)$/;
const MODEL = /^models:\/([^/@]+)(?:\/([^/]+)(?:\/(.+))?|@([^/]+)(?:\/(.+))?)$/;
/** The name that MLflow gives the file when it logs an ONNX model. */
const MODEL_FILE = "model.onnx";

/**
 * A file in MLflow: `mlflow-artifacts:/path/model.onnx`, or a registered model by version or alias, `models:/name/version`
 * or `models:/name@alias`, optionally with the path of the file within it.
 */
export class MlflowFile implements FileSource {
  /** @param sourceOf opens the other stores in which a registered model may be */
  constructor(
    private readonly uri: string,
    private readonly sourceOf: (uri: string) => FileSource,
    private readonly suffix = "",
  ) {}

  async open(after: DownloadProgress | undefined, signal: AbortSignal): Promise<FileBytes> {
    const uri = MODEL.test(this.uri) ? await this.resolve(signal) : this.uri;
    const [, path] = ARTIFACTS.exec(uri) ?? [];
    const source = path === undefined ? this.sourceOf(uri) : artifact(path);
    return (this.suffix === "" ? source : source.sibling(this.suffix)).open(after, signal);
  }

  sibling(suffix: string): FileSource {
    return new MlflowFile(this.uri, this.sourceOf, this.suffix + suffix);
  }

  /** The URI of the file of a registered model. */
  private async resolve(signal: AbortSignal): Promise<string> {
    const [, name = "", number, numbersPath, alias = "", aliasPath] = MODEL.exec(this.uri) ?? [];
    const version = number ?? (await this.versionOf(name, alias, signal));
    const { artifact_uri: folder } = await callMlflow("model-versions/get-download-uri", { name, version }, signal);
    if (typeof folder !== "string") throw new SourceError(`MLflow has no location for version ${version} of ${name}`);
    const path = numbersPath ?? aliasPath;
    if (path === undefined && folder.endsWith(".onnx")) return folder;
    return `${folder.replace(/\/$/, "")}/${path ?? MODEL_FILE}`;
  }

  private async versionOf(name: string, alias: string, signal: AbortSignal): Promise<string> {
    const { model_version: found } = await callMlflow("registered-models/alias", { name, alias }, signal);
    const version = typeof found === "object" && found !== null && "version" in found ? found.version : undefined;
    if (typeof version === "string") return version;
    throw new SourceError(`MLflow has no version of ${name} with the alias ${alias}`);
  }
}

function artifact(path: string): FileSource {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  return new HttpFile(`${trackingUri()}/api/2.0/mlflow-artifacts/artifacts/${encoded}`, authorization());
}

async function callMlflow(
  method: string,
  parameters: Record<string, string>,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const url = `${trackingUri()}/api/2.0/mlflow/${method}?${new URLSearchParams(parameters)}`;
  const response = await fetch(url, { signal, headers: authorization() });
  const text = await response.text();
  if (response.ok) return JSON.parse(text);
  const message = `MLflow answered ${response.status} to ${method}: ${text.slice(0, 200)}`;
  throw response.status >= 500 ? new Error(message) : new SourceError(message, response.status);
}

function trackingUri(): string {
  const uri = process.env.MLFLOW_TRACKING_URI;
  if (uri && /^https?:\/\//i.test(uri)) return uri.replace(/\/$/, "");
  throw new SourceError("MLFLOW_TRACKING_URI does not name an MLflow server (http:// or https://)");
}

/** The same environment variables as in MLflow's own clients. */
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
