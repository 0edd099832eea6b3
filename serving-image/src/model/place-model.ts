import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { access, mkdir, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ModelConfig } from "../config/settings";
import { secondsSince, type Log } from "../observability/log";
import { reasonOf, StartUpCode, type StartUpError, startUpError, systemCodeOf } from "../start-up-error";
import { localPath, openSource, type ModelBytes } from "./source";

/** A model file in its place, `<root>/<model>/<version>/model.onnx`, with the sum that it was found to have. */
export interface PlacedModel {
  readonly path: string;
  readonly sha256: string;
}

/** A source that sends nothing for so long is given up. */
const STALLED_AFTER_MS = 30_000;

/** Brings the model file to its place, unless the right one is there already; never leaves a part of one there. */
export async function placeModel(model: ModelConfig, log: Log, signal: AbortSignal): Promise<PlacedModel> {
  const folder = resolve(model.root, model.name, model.version);
  const path = join(folder, "model.onnx");
  const present = await presentModel(model, path);
  if (present) {
    log.info({ path, sha256: present.sha256 }, "model file is already there");
    return present;
  }
  const startedAt = performance.now();
  const partial = join(folder, `.model.onnx.${randomUUID()}`);
  try {
    await mkdir(folder, { recursive: true }).catch((error) => refuseRoot(model.root, error));
    const { sha256, bytes } = await download(model, partial, signal);
    await rename(partial, path);
    log.info({ uri: model.uri, path, sha256, bytes, seconds: secondsSince(startedAt) }, "model file fetched");
    return { path, sha256 };
  } finally {
    await rm(partial, { force: true }).catch(() => undefined);
  }
}

async function presentModel(model: ModelConfig, path: string): Promise<PlacedModel | undefined> {
  const isSource = localPath(model.uri) === path;
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  // Without a sum nothing tells whether the file is the one that is asked for, unless it is itself the source.
  if (!isThere || (model.sha256 === undefined && !isSource)) return undefined;
  const sha256 = await sha256Of(path);
  if (model.sha256 === undefined || sha256 === model.sha256) return { path, sha256 };
  if (isSource) throw wrongSha256(model.uri, model.sha256, sha256);
  return undefined;
}

async function download(
  model: ModelConfig,
  target: string,
  signal: AbortSignal,
): Promise<{ sha256: string; bytes: number }> {
  const stall = new AbortController();
  const giveUp = (): void => stall.abort(new Error(`nothing came for ${STALLED_AFTER_MS / 1000} s`));
  const timer = setTimeout(giveUp, STALLED_AFTER_MS);
  const either = AbortSignal.any([signal, stall.signal]);
  try {
    const source = await openSource(model.uri, either);
    const hash = createHash("sha256");
    let bytes = 0;
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        timer.refresh();
        hash.update(chunk);
        bytes += chunk.length;
        done(null, chunk);
      },
    });
    await pipeline(source.stream, meter, createWriteStream(target), { signal: either }).catch((error) => {
      throw brokenOff(model, bytes, source, stall.signal.aborted ? stall.signal.reason : error);
    });
    if (source.size !== undefined && source.size !== bytes) throw brokenOff(model, bytes, source, undefined);
    const sha256 = hash.digest("hex");
    if (model.sha256 !== undefined && sha256 !== model.sha256) throw wrongSha256(model.uri, model.sha256, sha256);
    return { sha256, bytes };
  } finally {
    clearTimeout(timer);
  }
}

function brokenOff(model: ModelConfig, bytes: number, { size }: ModelBytes, error: unknown): StartUpError {
  const code = systemCodeOf(error);
  if (code === "ENOSPC" || code === "EROFS" || code === "EACCES") return unwritable(model.root, error);
  const expected = size === undefined ? "" : ` of ${size}`;
  const why = error === undefined ? "" : `: ${reasonOf(error)}`;
  return startUpError(
    StartUpCode.ModelCutShort,
    model.uri,
    `the transfer ended after ${bytes}${expected} bytes${why}.`,
    "Start the server again; if it happens again, check the file at its source.",
  );
}

function wrongSha256(uri: string, expected: string, actual: string): StartUpError {
  return startUpError(
    StartUpCode.ModelSha256Differs,
    uri,
    `the file's sha256 is ${actual}, but ${expected} is expected.`,
    "Set model.sha256 to the sum of the file that was approved, or put that file back at model.uri.",
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

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
