import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { StartUpCode, type StartUpError, startUpError } from "../../core/start-up-error";

/** The SHA-256 of a local file, in hexadecimal. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** Throws if the file does not have the expected SHA-256. */
export async function verifySha256(path: string, expected: string): Promise<void> {
  const actual = await sha256Of(path);
  if (actual !== expected) throw sha256Mismatch(path, expected, actual);
}

export function sha256Mismatch(uri: string, expected: string, actual: string): StartUpError {
  return startUpError(
    StartUpCode.ModelSha256Differs,
    uri,
    `the file's sha256 is ${actual}, but ${expected} is expected.`,
    "Set model.sha256 to the SHA-256 of the approved file, or restore that file at model.uri.",
  );
}
