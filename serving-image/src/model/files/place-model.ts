import { access, link, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { DownloadConfig, ModelConfig, SignatureConfig } from "../../config/settings";
import { type Log, secondsSince } from "../../core/log";
import { reasonOf, StartUpCode, StartUpError, startUpError, systemCodeOf } from "../../core/start-up-error";
import { localPath } from "../sources/file";
import type { FileSource } from "../sources/model-source";
import { sourceOf } from "../sources/source-of";
import { DiskRoom, markFetched, markUsed } from "./disk-room";
import { download, type Downloaded, Interrupted } from "./download";
import { PartialFile } from "./partial-file";
import { isSigned, readSignature, SIGNATURE, unsigned, wronglySigned } from "./signature";
import { sha256Of, wrongSha256 } from "./sum";

/** A model file in its place, `<root>/<model>/<version>/model.onnx`, with the sum that it was found to have. */
export interface PlacedModel {
  readonly path: string;
  readonly sha256: string;
  /** The file is good: what lay there before is not needed any more. */
  keep(): Promise<void>;
  /** The file cannot be served: what lay there before lies there again, for those who serve it. */
  undo(): Promise<void>;
}

/** What placing a model works with. */
export interface PlacingParts {
  readonly download: DownloadConfig;
  readonly signature: SignatureConfig;
  /** Whether a model version is served, or is going to be. */
  readonly isInUse: (model: string, version: string) => boolean;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Brings the model file to its place, unless the right one is there already; never leaves a part of one there. */
export async function placeModel(model: ModelConfig, parts: PlacingParts): Promise<PlacedModel> {
  try {
    return await place(model, parts);
  } catch (error) {
    throw parts.signal.aborted ? error : problemOf(error, model);
  }
}

async function place(model: ModelConfig, parts: PlacingParts): Promise<PlacedModel> {
  const folder = resolve(model.root, model.name, model.version);
  const path = join(folder, "model.onnx");
  const present = await presentModel(model, path, parts);
  if (present) {
    parts.log.info({ path, sha256: present }, "model file is already there");
    return { path, sha256: present, keep: nothing, undo: nothing };
  }
  const startedAt = performance.now();
  await mkdir(folder, { recursive: true }).catch((error) => refuseRoot(model.root, error));
  const source = sourceOf(model.uri);
  const partial = await PartialFile.in(folder, model.uri);
  const { sha256, bytes } = await fetchModel(source, partial, model, parts);
  const signature = await checkedSignature(source, partial.path, model, parts).catch(async (error: unknown) => {
    await partial.discard();
    throw error;
  });
  const before = await setAside(path);
  await partial.moveTo(path);
  if (signature) await writeFile(path + SIGNATURE, signature);
  await markFetched(path, { uri: model.uri, sha256 });
  parts.log.info({ uri: model.uri, path, sha256, bytes, seconds: secondsSince(startedAt) }, "model file fetched");
  return { path, sha256, ...before };
}

const nothing = (): Promise<void> => Promise.resolve();

/** Sum of the file that is there, if it is the one that is asked for. */
async function presentModel(model: ModelConfig, path: string, parts: PlacingParts): Promise<string | undefined> {
  const isSource = localPath(model.uri) === path;
  // Without a sum nothing tells whether the file is the one that is asked for, unless it is itself the source.
  if (!(await isThereAt(path)) || (model.sha256 === undefined && !isSource)) return undefined;
  const sha256 = await sha256Of(path);
  if (model.sha256 !== undefined && sha256 !== model.sha256) {
    if (isSource) throw wrongSha256(model.uri, model.sha256, sha256);
    return undefined;
  }
  const hasSignature = await isThereAt(path + SIGNATURE);
  await checkedSignature(sourceOf(hasSignature ? path : model.uri), path, model, parts);
  await markUsed(path);
  return sha256;
}

async function fetchModel(
  source: FileSource,
  partial: PartialFile,
  model: ModelConfig,
  parts: PlacingParts,
): Promise<Downloaded> {
  const { diskLimitBytes } = parts.download;
  const room = new DiskRoom(resolve(model.root), diskLimitBytes, parts.isInUse, parts.log);
  const { uri } = model;
  const attempt = (): Promise<Downloaded> =>
    download(source, partial, { uri, config: parts.download, room, log: parts.log, signal: parts.signal });
  const isRight = ({ sha256 }: Downloaded): boolean => model.sha256 === undefined || sha256 === model.sha256;
  let fetched = await attempt();
  if (!isRight(fetched)) await partial.discard();
  // The part that was there may have been another's.
  if (!isRight(fetched) && fetched.isResumed) fetched = await attempt();
  if (isRight(fetched)) return fetched;
  await partial.discard();
  throw wrongSha256(uri, model.sha256 ?? "", fetched.sha256);
}

function isThereAt(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** The signature of a file, if it has one; refuses a wrong one, and none where one is required. */
async function checkedSignature(
  source: FileSource,
  path: string,
  { uri }: ModelConfig,
  { signature: { required, publicKey }, log, signal }: PlacingParts,
): Promise<Buffer | undefined> {
  if (publicKey === undefined) return undefined;
  const signature = await readSignature(source, signal);
  if (!signature) {
    if (required) throw unsigned(uri);
    log.warn({ uri }, "the model is not signed");
    return undefined;
  }
  if (!(await isSigned(path, signature, publicKey))) throw wronglySigned(uri);
  log.info({ uri }, "the signature of the model is right");
  return signature;
}

/** Keeps what lies in the place of a new file until it is known whether that is any good. */
async function setAside(path: string): Promise<Pick<PlacedModel, "keep" | "undo">> {
  const aside = `${path}.before`;
  await rm(aside, { force: true });
  const hasOld = await link(path, aside).then(
    () => true,
    () => false,
  );
  if (!hasOld) return { keep: nothing, undo: nothing };
  return {
    keep: () => rm(aside, { force: true }),
    async undo() {
      await rename(aside, path);
      await rm(path + SIGNATURE, { force: true });
    },
  };
}

function problemOf(error: unknown, model: ModelConfig): unknown {
  if (error instanceof StartUpError) return error;
  const code = systemCodeOf(error);
  if (code === "ENOSPC" || code === "EROFS" || code === "EACCES" || code === "EDQUOT")
    return unwritable(model.root, error);
  if (error instanceof Interrupted && error.bytes > 0) return brokenOff(model.uri, error);
  const fix = "Check model.uri, and that this machine may read it.";
  return startUpError(StartUpCode.ModelUnreachable, model.uri, `the model cannot be read: ${reasonOf(error)}.`, fix);
}

function brokenOff(uri: string, { bytes, size, message }: Interrupted): StartUpError {
  const expected = size === undefined ? "" : ` of ${size}`;
  return startUpError(
    StartUpCode.ModelCutShort,
    uri,
    `the transfer ended after ${bytes}${expected} bytes: ${message}.`,
    "Start the server again, and it goes on from there; if it happens again, check the file at its source.",
  );
}

function refuseRoot(root: string, error: unknown): never {
  throw unwritable(root, error);
}

function unwritable(root: string, error: unknown): StartUpError {
  return startUpError(
    StartUpCode.ModelRootUnwritable,
    root,
    `the model cannot be kept there: ${reasonOf(error)}.`,
    "Set model.root to a folder that this user may write and that has room for the model.",
  );
}
