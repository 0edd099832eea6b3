import { createHash, type Hash } from "node:crypto";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { DownloadConfig } from "../../config/settings";
import type { Log } from "../../core/log";
import { reasonOf, StartUpError } from "../../core/start-up-error";
import { type FileBytes, type FileSource, type Progress, SourceRefusal } from "../sources/model-source";
import type { DiskRoom } from "./disk-room";
import type { PartialFile } from "./partial-file";

/** What a file was found to be once it had come. */
export interface Downloaded {
  readonly sha256: string;
  readonly bytes: number;
  /** Whether a part of it was there from an earlier attempt. */
  readonly isResumed: boolean;
}

/** A transfer that ended before its end; trying again may help. */
export class Interrupted extends Error {
  constructor(
    readonly bytes: number,
    readonly size: number | undefined,
    cause: unknown,
  ) {
    super(cause === undefined ? "the connection was closed" : reasonOf(cause));
    this.name = "Interrupted";
  }
}

/** What a download works with. */
export interface DownloadParts {
  readonly uri: string;
  readonly config: DownloadConfig;
  readonly room: DiskRoom;
  readonly log: Log;
  readonly signal: AbortSignal;
}

const LOG_EVERY_MS = 5000;
const [FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS] = [0.5, 15];

/**
 * Reads a file from its source, on from where an earlier attempt had come if the source can do that. Attempts that bring
 * nothing new are made only so often, with ever longer waits between them; one that brings something starts the count
 * again.
 */
export async function download(source: FileSource, partial: PartialFile, parts: DownloadParts): Promise<Downloaded> {
  const { uri, config, log, signal } = parts;
  let furthest = await partial.size();
  for (let failures = 0; ;) {
    try {
      return await attempt(source, partial, parts);
    } catch (error) {
      // There is no room for it: what has come only takes some.
      if (error instanceof StartUpError) await partial.discard();
      if (signal.aborted || isFinal(error)) throw error;
      const bytes = await partial.size();
      failures = bytes > furthest ? 1 : failures + 1;
      furthest = Math.max(furthest, bytes);
      if (failures >= config.attempts) throw error;
      const waitSeconds = Math.min(FIRST_WAIT_SECONDS * 2 ** (failures - 1), LONGEST_WAIT_SECONDS);
      log.warn({ uri, bytes, reason: reasonOf(error), waitSeconds }, "fetching the model file broke off; trying again");
      await delay(waitSeconds * 1000, undefined, { signal });
    }
  }
}

function isFinal(error: unknown): boolean {
  return error instanceof SourceRefusal || error instanceof StartUpError;
}

async function attempt(source: FileSource, partial: PartialFile, parts: DownloadParts): Promise<Downloaded> {
  const { stalledAfterSeconds } = parts.config;
  const stall = new AbortController();
  const giveUp = (): void => stall.abort(new Error(`nothing came for ${stalledAfterSeconds} s`));
  const timer = setTimeout(giveUp, stalledAfterSeconds * 1000);
  const either = AbortSignal.any([parts.signal, stall.signal]);
  try {
    const after = await partial.progress();
    const file = await source.open(after, either);
    // It may break off before anybody reads it; whoever reads it then is told.
    file.stream.on("error", () => undefined);
    return await receive(file, after, partial, { ...parts, signal: either }, timer);
  } catch (error) {
    throw stall.signal.aborted ? new Interrupted(await partial.size(), undefined, stall.signal.reason) : error;
  } finally {
    clearTimeout(timer);
  }
}

async function receive(
  file: FileBytes,
  after: Progress | undefined,
  partial: PartialFile,
  { uri, room, log, signal }: DownloadParts,
  timer: NodeJS.Timeout,
): Promise<Downloaded> {
  const { stream, start, size, tag } = file;
  const hash = createHash("sha256");
  if (start === 0) await partial.begin(tag);
  else {
    log.info({ uri, bytes: start, size }, "fetching the model file is gone on with");
    await pipeline(partial.read(), hash, { end: false });
  }
  const expected = size === undefined ? 0 : size - start;
  await room.make(expected);
  const meter = new Meter(hash, room, expected, timer);
  const progress = setInterval(
    () => log.info({ uri, bytes: start + meter.bytes, size }, "fetching the model file"),
    LOG_EVERY_MS,
  );
  try {
    await pipeline(stream, meter, partial.append(), { signal });
  } catch (error) {
    stream.destroy();
    throw isFinal(error) || isOfDisk(error) ? error : new Interrupted(start + meter.bytes, size, error);
  } finally {
    clearInterval(progress);
  }
  const bytes = start + meter.bytes;
  if (size !== undefined && size !== bytes) throw new Interrupted(bytes, size, undefined);
  return { sha256: hash.digest("hex"), bytes, isResumed: start > 0 && after !== undefined };
}

function isOfDisk(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^(ENOSPC|EROFS|EACCES|EDQUOT|EIO)$/.test(String(error.code));
}

/** How many bytes more are asked of the disk at a time, where the source does not say how many there are. */
const STEP = 2 ** 20;

/** Sums what passes, and sees to it that the disk has room for it before it is written. */
class Meter extends Transform {
  bytes = 0;

  constructor(
    private readonly hash: Hash,
    private readonly room: DiskRoom,
    private reserved: number,
    private readonly stallTimer: NodeJS.Timeout,
  ) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: string, done: (error?: Error | null, chunk?: Buffer) => void): void {
    this.stallTimer.refresh();
    this.hash.update(chunk);
    this.bytes += chunk.length;
    if (this.bytes <= this.reserved) done(null, chunk);
    else this.reserveMore().then(() => done(null, chunk), done);
  }

  private async reserveMore(): Promise<void> {
    const more = Math.max(this.bytes - this.reserved, STEP);
    await this.room.make(more);
    this.reserved += more;
  }
}
