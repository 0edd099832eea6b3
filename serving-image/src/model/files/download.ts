import { createHash, type Hash } from "node:crypto";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { DownloadConfig } from "../../config/settings";
import { connectionProblem } from "../../core/connection-problem";
import type { Log } from "../../core/log";
import { reasonOf, StartUpError } from "../../core/start-up-error";
import { type DownloadProgress, type FileBytes, type FileSource, SourceError } from "../sources/file-source";
import type { DiskSpace } from "./disk-space";
import type { PartialFile } from "./partial-file";

/** A completed download. */
export interface Downloaded {
  readonly sha256: string;
  readonly bytes: number;
  /** Whether it resumed an earlier attempt. */
  readonly isResumed: boolean;
}

/** A transfer that ended early; a retry may help. */
export class InterruptedTransfer extends Error {
  constructor(
    readonly bytes: number,
    readonly size: number | undefined,
    cause: unknown,
  ) {
    super(cause === undefined ? "the connection was closed" : reasonOf(cause), { cause });
    this.name = "Interrupted";
  }
}

interface DownloadOptions {
  readonly uri: string;
  readonly config: DownloadConfig;
  readonly space: DiskSpace;
  readonly log: Log;
  readonly signal: AbortSignal;
}

const LOG_EVERY_MS = 5000;
const [FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS] = [0.5, 15];

/**
 * Downloads a file, and resumes an earlier attempt if the source supports it. The number of attempts in a row that make no
 * progress is limited, with exponential backoff between them; progress resets the count.
 */
export async function download(
  source: FileSource,
  partial: PartialFile,
  options: DownloadOptions,
): Promise<Downloaded> {
  const { uri, config, log, signal } = options;
  let furthest = await partial.size();
  for (let failures = 0; ;) {
    try {
      return await attempt(source, partial, options);
    } catch (error) {
      // There is no space for it, so the partial file only wastes some.
      if (error instanceof StartUpError) await partial.discard();
      if (signal.aborted || isFinal(error)) throw error;
      const bytes = await partial.size();
      failures = bytes > furthest ? 1 : failures + 1;
      furthest = Math.max(furthest, bytes);
      if (failures >= config.attempts) throw error;
      const waitSeconds = Math.min(FIRST_WAIT_SECONDS * 2 ** (failures - 1), LONGEST_WAIT_SECONDS);
      log.warn(
        { uri, bytes, reason: connectionProblem(error), waitSeconds },
        "the download of the model file was interrupted; retrying",
      );
      await delay(waitSeconds * 1000, undefined, { signal });
    }
  }
}

function isFinal(error: unknown): boolean {
  return error instanceof SourceError || error instanceof StartUpError;
}

async function attempt(source: FileSource, partial: PartialFile, options: DownloadOptions): Promise<Downloaded> {
  const { stalledAfterSeconds } = options.config;
  const stall = new AbortController();
  const giveUp = (): void => stall.abort(new Error(`no data for ${stalledAfterSeconds} s`));
  const timer = setTimeout(giveUp, stalledAfterSeconds * 1000);
  const either = AbortSignal.any([options.signal, stall.signal]);
  try {
    const after = await partial.progress();
    const file = await source.open(after, either);
    // It may fail before it is read; whatever reads it receives the error then.
    file.stream.on("error", () => undefined);
    return await receive(file, after, partial, { ...options, signal: either }, timer);
  } catch (error) {
    throw stall.signal.aborted ? new InterruptedTransfer(await partial.size(), undefined, stall.signal.reason) : error;
  } finally {
    clearTimeout(timer);
  }
}

async function receive(
  file: FileBytes,
  after: DownloadProgress | undefined,
  partial: PartialFile,
  { uri, space: room, log, signal }: DownloadOptions,
  timer: NodeJS.Timeout,
): Promise<Downloaded> {
  const { stream, start, size, tag } = file;
  const hash = createHash("sha256");
  if (start === 0) await partial.begin(tag);
  else {
    log.info({ uri, bytes: start, size }, "resuming the download of the model file");
    await pipeline(partial.read(), hash, { end: false });
  }
  const expected = size === undefined ? 0 : size - start;
  await room.ensure(expected);
  const meter = new Meter(hash, room, expected, timer);
  const progress = setInterval(
    () => log.info({ uri, bytes: start + meter.bytes, size }, "downloading the model file"),
    LOG_EVERY_MS,
  );
  try {
    await pipeline(stream, meter, partial.append(), { signal });
  } catch (error) {
    stream.destroy();
    throw isFinal(error) || isDiskError(error) ? error : new InterruptedTransfer(start + meter.bytes, size, error);
  } finally {
    clearInterval(progress);
  }
  const bytes = start + meter.bytes;
  if (size !== undefined && size !== bytes) throw new InterruptedTransfer(bytes, size, undefined);
  return { sha256: hash.digest("hex"), bytes, isResumed: start > 0 && after !== undefined };
}

function isDiskError(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^(ENOSPC|EROFS|EACCES|EDQUOT|EIO)$/.test(String(error.code));
}

/** Disk space is reserved in steps of this size if the source does not report the size of the file. */
const RESERVE_BYTES = 2 ** 20;

/** Hashes the data that passes, and reserves disk space before it is written. */
class Meter extends Transform {
  bytes = 0;

  constructor(
    private readonly hash: Hash,
    private readonly room: DiskSpace,
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
    const more = Math.max(this.bytes - this.reserved, RESERVE_BYTES);
    await this.room.ensure(more);
    this.reserved += more;
  }
}
