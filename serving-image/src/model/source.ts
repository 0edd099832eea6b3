import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { reasonOf, StartUpCode, type StartUpError, startUpError } from "../start-up-error";
import { openS3 } from "./s3";

/** The bytes of a model file on their way here. */
export interface ModelBytes {
  readonly stream: Readable;
  /** Size in bytes as the source tells it, if it does. */
  readonly size?: number;
}

/** The path of a model that lies on this machine; undefined for one that must be fetched. */
export function localPath(uri: string): string | undefined {
  if (!/^file:\/\//i.test(uri)) return /^[a-z0-9+.-]+:\/\//i.test(uri) ? undefined : resolve(uri);
  try {
    return fileURLToPath(uri);
  } catch (error) {
    throw unreachable(uri, error);
  }
}

export async function openSource(uri: string, signal: AbortSignal): Promise<ModelBytes> {
  try {
    const path = localPath(uri);
    if (path !== undefined) return await openFile(path);
    if (/^s3:/i.test(uri)) return await openS3(uri, signal);
    return await openHttp(uri, signal);
  } catch (error) {
    throw unreachable(uri, error);
  }
}

function unreachable(uri: string, error: unknown): StartUpError {
  const fix = "Check model.uri, and that this machine may read it.";
  return startUpError(StartUpCode.ModelUnreachable, uri, `the model cannot be read: ${reasonOf(error)}.`, fix);
}

async function openFile(path: string): Promise<ModelBytes> {
  const { size } = await stat(path);
  return { stream: createReadStream(path), size };
}

async function openHttp(uri: string, signal: AbortSignal): Promise<ModelBytes> {
  const response = await fetch(uri, { signal, headers: { "accept-encoding": "identity" } });
  if (!response.ok || !response.body) throw new Error(`the server answered ${response.status} ${response.statusText}`);
  const length = response.headers.get("content-length");
  // A server that compresses all the same says the length of what it sends, not of the file.
  const isPlain = !response.headers.has("content-encoding");
  return { stream: Readable.fromWeb(response.body), ...(length && isPlain && { size: Number(length) }) };
}
