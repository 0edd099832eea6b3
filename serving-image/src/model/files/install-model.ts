import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { ModelConfig } from "../../config/settings";
import { connectionProblem } from "../../core/connection-problem";
import { secondsSince } from "../../core/log";
import { reasonOf, StartUpCode, StartUpError, startUpError, systemCodeOf } from "../../core/start-up-error";
import { sourceOf } from "../sources/source-of";
import { InterruptedTransfer } from "./download";
import { fetchModel } from "./fetch-model";
import type { InstalledModel, InstallOptions } from "./installed-model";
import { presentModel } from "./present-model";
import { replaceFiles } from "./replace-files";
import { checkedSignature } from "./signature";

/** Installs the model, unless the right one is already there. It never leaves a partial file at the final path. */
export async function installModel(model: ModelConfig, options: InstallOptions): Promise<InstalledModel> {
  try {
    return await install(model, options);
  } catch (error) {
    throw options.signal.aborted ? error : toStartUpError(error, model);
  }
}

async function install(model: ModelConfig, options: InstallOptions): Promise<InstalledModel> {
  const folder = resolve(model.root, model.name, model.version);
  const path = join(folder, "model.onnx");
  const present = await presentModel(model, path, options);
  if (present) {
    options.log.info({ path, sha256: present.sha256 }, "model file is already there");
    return present;
  }
  const startedAt = performance.now();
  await mkdir(folder, { recursive: true }).catch((error) => rejectRoot(model.root, error));
  const source = sourceOf(model.uri);
  const fetched = await fetchModel(source, folder, model, options);
  const { digest, bytes } = fetched;
  const partial = fetched.files.get("model.onnx")?.path ?? path;
  const signature = await checkedSignature(source, partial, digest, model.uri, options).catch(
    async (error: unknown) => {
      await fetched.discard();
      throw error;
    },
  );
  const replacement = await replaceFiles(folder, model.uri, fetched, signature);
  const { sha256, externalFiles } = digest;
  const external = externalFiles.length > 0 && { externalFiles };
  options.log.info(
    { uri: model.uri, path, sha256, bytes, ...external, seconds: secondsSince(startedAt) },
    "model file fetched",
  );
  return { path, sha256, ...replacement, release: () => Promise.resolve() };
}

function toStartUpError(error: unknown, model: ModelConfig): unknown {
  if (error instanceof StartUpError) return error;
  const code = systemCodeOf(error);
  if (code === "ENOSPC" || code === "EROFS" || code === "EACCES" || code === "EDQUOT")
    return unwritable(model.root, error);
  if (error instanceof InterruptedTransfer && error.bytes > 0) return transferCutShort(model.uri, error);
  const fix = "Check model.uri, and that this machine has access to it.";
  const reason = connectionProblem(error);
  return startUpError(StartUpCode.ModelUnreachable, model.uri, `the model cannot be read: ${reason}.`, fix);
}

function transferCutShort(uri: string, { bytes, size, message }: InterruptedTransfer): StartUpError {
  const expected = size === undefined ? "" : ` of ${size}`;
  return startUpError(
    StartUpCode.ModelCutShort,
    uri,
    `the transfer ended after ${bytes}${expected} bytes: ${message}.`,
    "Restart the server to resume the download; if it happens again, check the file at its source.",
  );
}

function rejectRoot(root: string, error: unknown): never {
  throw unwritable(root, error);
}

function unwritable(root: string, error: unknown): StartUpError {
  return startUpError(
    StartUpCode.ModelRootUnwritable,
    root,
    `the model cannot be stored there: ${reasonOf(error)}.`,
    "Set model.root to a folder that this user may write to and that has space for the model.",
  );
}
