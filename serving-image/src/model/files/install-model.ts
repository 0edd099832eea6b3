import { access, link, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { DownloadConfig, ModelConfig, SignatureConfig } from "../../config/settings";
import { type Log, secondsSince } from "../../core/log";
import { reasonOf, StartUpCode, StartUpError, startUpError, systemCodeOf } from "../../core/start-up-error";
import type { FileSource } from "../sources/file-source";
import { localPath } from "../sources/local-file";
import { sourceOf } from "../sources/source-of";
import { sha256Mismatch, sha256Of } from "./checksum";
import { DiskSpace, markFetched, markUsed } from "./disk-space";
import { download, type Downloaded, InterruptedTransfer } from "./download";
import { PartialFile } from "./partial-file";
import { badSignatureError, isSigned, readSignature, SIGNATURE_SUFFIX, unsignedError } from "./signature";

/** A model file at `<root>/<model>/<version>/model.onnx`, and its SHA-256. */
export interface InstalledModel {
  readonly path: string;
  readonly sha256: string;
  /** Keeps the file: the one that it replaced is not needed any more. */
  commit(): Promise<void>;
  /** Restores the file that it replaced, since the new one cannot be served. */
  rollBack(): Promise<void>;
}

interface InstallOptions {
  readonly download: DownloadConfig;
  readonly signature: SignatureConfig;
  /** Whether a model version is served, or about to be. */
  readonly isInUse: (model: string, version: string) => boolean;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Installs the model file, unless the right one is already there. It never leaves a partial file at the final path. */
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
    options.log.info({ path, sha256: present }, "model file is already there");
    return { path, sha256: present, commit: noop, rollBack: noop };
  }
  const startedAt = performance.now();
  await mkdir(folder, { recursive: true }).catch((error) => rejectRoot(model.root, error));
  const source = sourceOf(model.uri);
  const partial = await PartialFile.in(folder, model.uri);
  const { sha256, bytes } = await fetchModel(source, partial, model, options);
  const signature = await checkedSignature(source, partial.path, model, options).catch(async (error: unknown) => {
    await partial.discard();
    throw error;
  });
  const before = await setAside(path);
  await partial.moveTo(path);
  if (signature) await writeFile(path + SIGNATURE_SUFFIX, signature);
  await markFetched(path, { uri: model.uri, sha256 });
  options.log.info({ uri: model.uri, path, sha256, bytes, seconds: secondsSince(startedAt) }, "model file fetched");
  return { path, sha256, ...before };
}

const noop = (): Promise<void> => Promise.resolve();

/** The SHA-256 of the file that is already there, if it is the configured one. */
async function presentModel(model: ModelConfig, path: string, options: InstallOptions): Promise<string | undefined> {
  const isSource = localPath(model.uri) === path;
  // Without a configured SHA-256, only a file that is itself the source is known to be the right one.
  if (!(await exists(path)) || (model.sha256 === undefined && !isSource)) return undefined;
  const sha256 = await sha256Of(path);
  if (model.sha256 !== undefined && sha256 !== model.sha256) {
    if (isSource) throw sha256Mismatch(model.uri, model.sha256, sha256);
    return undefined;
  }
  const hasSignature = await exists(path + SIGNATURE_SUFFIX);
  await checkedSignature(sourceOf(hasSignature ? path : model.uri), path, model, options);
  await markUsed(path);
  return sha256;
}

async function fetchModel(
  source: FileSource,
  partial: PartialFile,
  model: ModelConfig,
  options: InstallOptions,
): Promise<Downloaded> {
  const { diskLimitBytes } = options.download;
  const room = new DiskSpace(resolve(model.root), diskLimitBytes, options.isInUse, options.log);
  const { uri } = model;
  const attempt = (): Promise<Downloaded> =>
    download(source, partial, { uri, config: options.download, space: room, log: options.log, signal: options.signal });
  const isRight = ({ sha256 }: Downloaded): boolean => model.sha256 === undefined || sha256 === model.sha256;
  let fetched = await attempt();
  if (!isRight(fetched)) await partial.discard();
  // The partial file may have been a part of another file.
  if (!isRight(fetched) && fetched.isResumed) fetched = await attempt();
  if (isRight(fetched)) return fetched;
  await partial.discard();
  throw sha256Mismatch(uri, model.sha256 ?? "", fetched.sha256);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** The signature of a file, if it has one. Throws if it is wrong, or if it is missing but required. */
async function checkedSignature(
  source: FileSource,
  path: string,
  { uri }: ModelConfig,
  { signature: { required, publicKey }, log, signal }: InstallOptions,
): Promise<Buffer | undefined> {
  if (publicKey === undefined) return undefined;
  const signature = await readSignature(source, signal);
  if (!signature) {
    if (required) throw unsignedError(uri);
    log.warn({ uri }, "the model is not signed");
    return undefined;
  }
  if (!(await isSigned(path, signature, publicKey))) throw badSignatureError(uri);
  log.info({ uri }, "the model's signature is valid");
  return signature;
}

/** Keeps the old file until the new one is known to be good. */
async function setAside(path: string): Promise<Pick<InstalledModel, "commit" | "rollBack">> {
  const backup = `${path}.before`;
  await rm(backup, { force: true });
  const hasOld = await link(path, backup).then(
    () => true,
    () => false,
  );
  if (!hasOld) return { commit: noop, rollBack: noop };
  return {
    commit: () => rm(backup, { force: true }),
    async rollBack() {
      await rename(backup, path);
      await rm(path + SIGNATURE_SUFFIX, { force: true });
    },
  };
}

function toStartUpError(error: unknown, model: ModelConfig): unknown {
  if (error instanceof StartUpError) return error;
  const code = systemCodeOf(error);
  if (code === "ENOSPC" || code === "EROFS" || code === "EACCES" || code === "EDQUOT")
    return unwritable(model.root, error);
  if (error instanceof InterruptedTransfer && error.bytes > 0) return transferCutShort(model.uri, error);
  const fix = "Check model.uri, and that this machine has access to it.";
  return startUpError(StartUpCode.ModelUnreachable, model.uri, `the model cannot be read: ${reasonOf(error)}.`, fix);
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
