import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { DriverError } from "../../common/driver-error";
import { httpGet } from "./http-get";
import type { ModelServer } from "./model-server";

const CONFIG_TIMEOUT_MS = 5000;

/** Fails if a model file is missing, before anything is started. */
export function checkModelFiles(
  tracks: readonly { readonly version: string }[],
  files: Readonly<Record<string, string>>,
): void {
  const missing = tracks.filter(
    ({ version }) => !statSync(files[version] as string, { throwIfNoEntry: false })?.isFile(),
  );
  if (missing.length === 0) return;
  throw new DriverError(
    missing.map(({ version }) => `there is no model file ${files[version]} for version ${version}`).join("; "),
  );
}

/** SHA-256 of the model that a server has loaded: what the server says, since a model may have external data, or else that of its file. */
export async function servedSha256(server: ModelServer, model: string, file: string): Promise<string> {
  const path = `/v2/models/${encodeURIComponent(model)}/versions/${encodeURIComponent(server.track.version)}/config`;
  const answer = await httpGet(server.port, path, CONFIG_TIMEOUT_MS).catch(() => undefined);
  return (answer?.status === 200 ? sha256In(answer.body) : undefined) ?? fileSha256(file);
}

/** The sum in a model configuration of Triton's format, if the server includes it there. */
function sha256In(body: string): string | undefined {
  try {
    const { parameters } = JSON.parse(body) as { parameters?: { sha256?: { string_value?: string } } };
    return parameters?.sha256?.string_value;
  } catch {
    return undefined;
  }
}

/** SHA-256 of a file, as `sha256sum` prints it. */
async function fileSha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
