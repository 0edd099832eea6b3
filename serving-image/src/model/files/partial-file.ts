import { createReadStream, createWriteStream, type WriteStream } from "node:fs";
import { readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { Progress } from "../sources/model-source";

const NAME = /^\.model\.onnx\.(.+)\.(\d+)\.part$/;
const FORGOTTEN_AFTER_MS = 86_400_000;

/**
 * A model file on its way, beside its place until it is whole. Its name tells which process writes it, so that several
 * may share a folder, and one that was started again goes on with what it had.
 */
export class PartialFile {
  private constructor(
    readonly path: string,
    private readonly uri: string,
  ) {}

  /** The own one in a folder, with what an earlier process of this machine has left there. */
  static async in(folder: string, uri: string): Promise<PartialFile> {
    const own = nameOf(process.pid);
    const names = await readdir(folder);
    let hasOwn = names.includes(own);
    for (const name of names.filter((one) => one !== own)) {
      const owner = NAME.exec(name);
      if (!owner || !(await isLeft(join(folder, name), owner))) continue;
      if (hasOwn) await remove(join(folder, name));
      else {
        await rename(notesOf(join(folder, name)), notesOf(join(folder, own))).catch(() => undefined);
        await rename(join(folder, name), join(folder, own));
        hasOwn = true;
      }
    }
    return new PartialFile(join(folder, own), uri);
  }

  /** How far it has come, if it can be gone on with. */
  async progress(): Promise<Progress | undefined> {
    const bytes = await this.size();
    if (bytes === 0) return undefined;
    try {
      const { uri, tag }: { uri?: unknown; tag?: unknown } = JSON.parse(await readFile(notesOf(this.path), "utf8"));
      return uri === this.uri && typeof tag === "string" ? { bytes, tag } : undefined;
    } catch {
      // Without notes nothing tells what it is a part of.
      return undefined;
    }
  }

  size(): Promise<number> {
    return stat(this.path).then(
      (found) => found.size,
      () => 0,
    );
  }

  /** Begins anew. */
  async begin(tag: string | undefined): Promise<void> {
    await this.discard();
    if (tag !== undefined) await writeFile(notesOf(this.path), JSON.stringify({ uri: this.uri, tag }));
  }

  /** What has come already. */
  read(): Readable {
    return createReadStream(this.path);
  }

  /** Writes on at the end; what it was given is on the disk once it has finished. */
  append(): WriteStream {
    return createWriteStream(this.path, { flags: "a", flush: true });
  }

  /** Puts the whole file in its place, at once. */
  async moveTo(path: string): Promise<void> {
    await rename(this.path, path);
    await this.discard();
  }

  discard(): Promise<void> {
    return remove(this.path);
  }
}

/** Whether a part belongs to nobody any more. */
async function isLeft(path: string, [, host, pid]: RegExpExecArray): Promise<boolean> {
  if (host === hostname()) return !isAlive(Number(pid));
  const changed = await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => Infinity,
  );
  return Date.now() - changed > FORGOTTEN_AFTER_MS;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // A process of another user is there all the same.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function nameOf(pid: number): string {
  return `.model.onnx.${hostname()}.${pid}.part`;
}

function notesOf(path: string): string {
  return `${path}.json`;
}

async function remove(path: string): Promise<void> {
  await Promise.all([rm(path, { force: true }), rm(notesOf(path), { force: true })]);
}
