import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { StartUpCode, type StartUpError, startUpError } from "../../core/start-up-error";
import { externalFilesOf } from "./external-files";

const SHOWN_FILES = 5;

/** The sums of a model and of its external data. */
export interface ModelDigest {
  /** The SHA-256 of the file if there is only one, else that of the manifest. */
  readonly sha256: string;
  /** The SHA-256 of the model's own file. */
  readonly modelSha256: string;
  /** Paths relative to the folder of the model, in the order of their bytes. */
  readonly externalFiles: readonly string[];
  /**
   * The sums of all files, as `(sha256sum < model.onnx; sha256sum model.onnx.data)` prints them; undefined if there is only
   * one. The model has no name in it, since it may be stored under another one.
   */
  readonly manifest?: string;
}

/** The sums of a local model and of its external data in the same folder. */
export async function digestOf(path: string, externalFiles: readonly string[]): Promise<ModelDigest> {
  const sums: string[] = [];
  for (const file of externalFiles) sums.push(await sha256Of(join(dirname(path), file)));
  return combine(
    await sha256Of(path),
    externalFiles.map((file, i) => ({ file, sha256: sums[i] ?? "" })),
  );
}

/** The sums of a model, given those of its files. */
export function combine(
  modelSha256: string,
  external: readonly { readonly file: string; readonly sha256: string }[],
): ModelDigest {
  const externalFiles = external.map(({ file }) => file);
  if (external.length === 0) return { sha256: modelSha256, modelSha256, externalFiles };
  const manifest = [`${modelSha256}  -\n`, ...external.map(({ sha256, file }) => `${sha256}  ${file}\n`)].join("");
  return { sha256: createHash("sha256").update(manifest).digest("hex"), modelSha256, externalFiles, manifest };
}

/** The SHA-256 of a local file, in hexadecimal. */
async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** Throws if a local model and its external data do not have the expected SHA-256. */
export async function verifySha256(path: string, expected: string): Promise<void> {
  const model = await digestOf(path, externalFilesOf(path, path));
  if (model.sha256 !== expected) throw sha256Mismatch(path, expected, model);
}

export function sha256Mismatch(uri: string, expected: string, digest: ModelDigest): StartUpError {
  const { sha256, modelSha256, externalFiles } = digest;
  const isOne = externalFiles.length === 0;
  const more = externalFiles.length > SHOWN_FILES ? ", …" : "";
  const what = isOne
    ? "the file's sha256"
    : `the sha256 of the model and its external data (${externalFiles.slice(0, SHOWN_FILES).join(", ")}${more})`;
  const alone = !isOne && expected === modelSha256 ? ", the sum of the model's own file alone," : "";
  const [approved, it] = isOne ? ["file", "that file"] : ["files", "them"];
  return startUpError(
    StartUpCode.ModelSha256Differs,
    uri,
    `${what} is ${sha256}, but ${expected}${alone} is expected.`,
    `Set model.sha256 to the SHA-256 of the approved ${approved}, or restore ${it} at model.uri.`,
  );
}
