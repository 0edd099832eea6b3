import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { DriverError } from "../../common/driver-error";

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

/** SHA-256 of a file, as `sha256sum` prints it. */
export async function fileSha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
