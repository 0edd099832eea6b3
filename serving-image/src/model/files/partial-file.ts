import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, type WriteStream } from "node:fs";
import { readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { DownloadProgress } from "../sources/file-source";

/** The name of a partial model file, or of a partial file of external data, which a short hash of its own name stands for. */
const NAME = /^(\.model\.onnx|\.external-[0-9a-f]+)\.(.+)\.(\d+)\.part$/;
const HASH_LENGTH = 16;
const ABANDONED_AFTER_MS = 86_400_000;

/**
 * An incomplete model file, next to its final path. Its name contains the process that writes it, so that several processes
 * may share a folder, and a restarted one resumes its own download.
 */
export class PartialFile {
  private constructor(
    readonly path: string,
    private readonly uri: string,
  ) {}

  /**
   * The partial file of this process. It takes over one that an earlier process of this machine left in the folder.
   *
   * @param externalFile path of the file if it is external data of the model, and not the model itself
   */
  static async in(folder: string, uri: string, externalFile?: string): Promise<PartialFile> {
    const prefix = prefixOf(externalFile);
    const own = `${prefix}.${hostname()}.${process.pid}.part`;
    const names = await readdir(folder);
    let hasOwn = names.includes(own);
    for (const name of names.filter((one) => one !== own)) {
      const [, kind, host = "", pid] = NAME.exec(name) ?? [];
      if (kind !== prefix || !(await isAbandoned(join(folder, name), host, Number(pid)))) continue;
      if (hasOwn) await remove(join(folder, name));
      else {
        await rename(metadataPathOf(join(folder, name)), metadataPathOf(join(folder, own))).catch(() => undefined);
        await rename(join(folder, name), join(folder, own));
        hasOwn = true;
      }
    }
    return new PartialFile(join(folder, own), uri);
  }

  /** How far the download has come, if it can be resumed. */
  async progress(): Promise<DownloadProgress | undefined> {
    const bytes = await this.size();
    if (bytes === 0) return undefined;
    try {
      const { uri, tag }: { uri?: unknown; tag?: unknown } = JSON.parse(
        await readFile(metadataPathOf(this.path), "utf8"),
      );
      return uri === this.uri && typeof tag === "string" ? { bytes, tag } : undefined;
    } catch {
      // Without metadata it is unknown what this is a part of.
      return undefined;
    }
  }

  size(): Promise<number> {
    return stat(this.path).then(
      (found) => found.size,
      () => 0,
    );
  }

  /** Starts over. */
  async begin(tag: string | undefined): Promise<void> {
    await this.discard();
    if (tag !== undefined) await writeFile(metadataPathOf(this.path), JSON.stringify({ uri: this.uri, tag }));
  }

  /** The data so far. */
  read(): Readable {
    return createReadStream(this.path);
  }

  /** Appends data, which is flushed to disk once the stream has finished. */
  append(): WriteStream {
    return createWriteStream(this.path, { flags: "a", flush: true });
  }

  /** Moves the complete file to its final path atomically. */
  async moveTo(path: string): Promise<void> {
    await rename(this.path, path);
    await this.discard();
  }

  discard(): Promise<void> {
    return remove(this.path);
  }
}

/** Whether the process that wrote a partial file is gone. */
async function isAbandoned(path: string, host: string, pid: number): Promise<boolean> {
  if (host === hostname()) return !isAlive(pid);
  const changed = await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => Infinity,
  );
  return Date.now() - changed > ABANDONED_AFTER_MS;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM means that a process of another user is alive.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function prefixOf(externalFile: string | undefined): string {
  if (externalFile === undefined) return ".model.onnx";
  return `.external-${createHash("sha256").update(externalFile).digest("hex").slice(0, HASH_LENGTH)}`;
}

function metadataPathOf(path: string): string {
  return `${path}.json`;
}

async function remove(path: string): Promise<void> {
  await Promise.all([rm(path, { force: true }), rm(metadataPathOf(path), { force: true })]);
}
