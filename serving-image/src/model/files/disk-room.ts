import { readdir, readFile, rm, stat, statfs, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Log } from "../../core/log";
import { StartUpCode, startUpError } from "../../core/start-up-error";

/** Stands beside a model file that the server itself has brought there, and may take away again. */
const MARK = ".fetched.json";
const FILE = "model.onnx";

/** Says that a model file was fetched, or used again. */
export async function markFetched(path: string, from: { uri: string; sha256: string }): Promise<void> {
  await writeFile(join(dirname(path), MARK), JSON.stringify(from));
}

/** Says that a model file is still of use. */
export async function markUsed(path: string): Promise<void> {
  const now = new Date();
  // A file that somebody else put there has no mark, and needs none.
  await utimes(join(dirname(path), MARK), now, now).catch(() => undefined);
}

/** A model file that was fetched. */
interface Fetched {
  readonly folder: string;
  readonly model: string;
  readonly version: string;
  readonly bytes: number;
  readonly usedAt: number;
}

/** The room that model files may take in a folder. */
export class DiskRoom {
  /** @param isInUse whether a model version is served, or is going to be */
  constructor(
    private readonly root: string,
    private readonly limitBytes: number,
    private readonly isInUse: (model: string, version: string) => boolean,
    private readonly log: Log,
  ) {}

  /** Makes room for so many bytes more: files of versions that nobody needs go, the longest unused first; refuses if that is not enough. */
  async make(bytes: number): Promise<void> {
    const { fetched, used } = await this.look();
    const unneeded = fetched.filter((one) => !this.isInUse(one.model, one.version));
    unneeded.sort((a, b) => b.usedAt - a.usedAt);
    let freed = 0;
    for (let missing; (missing = await this.missing(used - freed, bytes)) !== undefined;) {
      const oldest = unneeded.pop();
      if (!oldest) throw startUpError(StartUpCode.ModelNoRoom, this.root, ...missing);
      await Promise.all([FILE, `${FILE}.sig`, MARK].map((name) => rm(join(oldest.folder, name), { force: true })));
      freed += oldest.bytes;
      const { model, version } = oldest;
      this.log.info({ model, version, bytes: oldest.bytes }, "the file of an old version was removed to make room");
    }
  }

  private async missing(used: number, bytes: number): Promise<[message: string, fix: string] | undefined> {
    if (used + bytes > this.limitBytes) {
      const message = `the model needs ${bytes} bytes more, but ${used} of the ${this.limitBytes} bytes for models are taken.`;
      return [message, "Raise download.diskLimitBytes, or choose a smaller model."];
    }
    const { bavail, bsize } = await statfs(this.root);
    if (bytes <= bavail * bsize) return undefined;
    const message = `the model needs ${bytes} bytes more, but the disk has only ${bavail * bsize} left.`;
    return [message, "Give model.root a larger disk, or choose a smaller model."];
  }

  /** What was fetched, and the bytes that it and all parts of files take. */
  private async look(): Promise<{ fetched: Fetched[]; used: number }> {
    const fetched: Fetched[] = [];
    let used = 0;
    for (const model of await foldersIn(this.root)) {
      for (const version of await foldersIn(join(this.root, model))) {
        const folder = join(this.root, model, version);
        for (const name of await readdir(folder)) {
          if (name.endsWith(".part")) used += (await sizeAndTime(join(folder, name))).size;
        }
        const isFetched = await readFile(join(folder, MARK)).catch(() => undefined);
        if (!isFetched) continue;
        const { size: bytes } = await sizeAndTime(join(folder, FILE));
        const { mtimeMs: usedAt } = await sizeAndTime(join(folder, MARK));
        fetched.push({ folder, model, version, bytes, usedAt });
        used += bytes;
      }
    }
    return { fetched, used };
  }
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

async function sizeAndTime(path: string): Promise<{ size: number; mtimeMs: number }> {
  return stat(path).catch(() => ({ size: 0, mtimeMs: 0 }));
}
