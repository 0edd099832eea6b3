import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { StartUpCode, type StartUpError, startUpError } from "../../core/start-up-error";

/** SHA-256 of a file on this machine. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** Refuses a file that is not the one it was, or is to be. */
export async function checkSum(path: string, expected: string): Promise<void> {
  const actual = await sha256Of(path);
  if (actual !== expected) throw wrongSha256(path, expected, actual);
}

export function wrongSha256(uri: string, expected: string, actual: string): StartUpError {
  return startUpError(
    StartUpCode.ModelSha256Differs,
    uri,
    `the file's sha256 is ${actual}, but ${expected} is expected.`,
    "Set model.sha256 to the sum of the file that was approved, or put that file back at model.uri.",
  );
}
