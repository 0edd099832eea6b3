import { SourceError } from "./file-source";

/** The URL of a path at the MLflow server. */
export function mlflowUrl(path: string): string {
  return `${trackingUri()}/api/2.0/${path}`;
}

/** Calls a method of the MLflow server that only reads. */
export async function callMlflow(
  method: string,
  parameters: Record<string, string>,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const query = new URLSearchParams(parameters);
  const url = mlflowUrl(`mlflow/${method}${query.size === 0 ? "" : `?${query}`}`);
  const response = await fetch(url, { signal, headers: mlflowAuthorization() });
  const text = await response.text();
  const failure = (reason: string): string => `MLflow answered ${response.status} to ${method}: ${reason}`;
  if (!response.ok) {
    const isDenied = response.status === 401 || response.status === 403;
    const fix = isDenied
      ? "; check MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
      : "";
    const message = failure(text.slice(0, 200)) + fix;
    throw response.status >= 500 ? new Error(message) : new SourceError(message, response.status);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new SourceError(`${failure("not JSON")}; is MLFLOW_TRACKING_URI the address of an MLflow server?`);
  }
}

function trackingUri(): string {
  const uri = process.env.MLFLOW_TRACKING_URI;
  if (uri && /^https?:\/\//i.test(uri)) return uri.replace(/\/$/, "");
  throw new SourceError("MLFLOW_TRACKING_URI does not name an MLflow server (http:// or https://)");
}

/** The same environment variables as in MLflow's own clients. */
export function mlflowAuthorization(): Record<string, string> {
  const {
    MLFLOW_TRACKING_TOKEN: token,
    MLFLOW_TRACKING_USERNAME: user,
    MLFLOW_TRACKING_PASSWORD: password,
  } = process.env;
  if (token) return { authorization: `Bearer ${token}` };
  if (!user) return {};
  return { authorization: `Basic ${Buffer.from(`${user}:${password ?? ""}`).toString("base64")}` };
}
