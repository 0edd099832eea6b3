import { readdir, readFile, rm, stat, statfs, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Log } from "../../core/log";
import { StartUpCode, startUpError } from "../../core/start-up-error";

/** Marks a model file that the server fetched itself and may therefore delete. */
export const MARKER = ".fetched.json";
const FILE = "model.onnx";

/** What is recorded about a model that was fetched. */
interface FetchedFrom {
  readonly uri: string;
  readonly sha256: string;
  /** Paths of its external data, relative to the folder. */
  readonly externalFiles: readonly string[];
}

/** Marks the model in a folder as fetched. */
export async function markFetched(folder: string, from: FetchedFrom): Promise<void> {
  await writeFile(join(folder, MARKER), JSON.stringify(from));
}

/** The external data that was fetched into a folder; undefined if no model was. */
export async function fetchedExternalFiles(folder: string): Promise<readonly string[] | undefined> {
  const text = await readFile(join(folder, MARKER), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const { externalFiles }: Partial<FetchedFrom> = JSON.parse(text);
  return externalFiles ?? [];
}

/** Marks a model file as used just now. */
export async function markUsed(path: string): Promise<void> {
  const now = new Date();
  // A file that was not fetched by the server has no marker, and needs none.
  await utimes(join(dirname(path), MARKER), now, now).catch(() => undefined);
}

/** A model file that was fetched. */
interface Fetched {
  readonly folder: string;
  readonly model: string;
  readonly version: string;
  readonly externalFiles: readonly string[];
  readonly bytes: number;
  readonly usedAt: number;
}

/** The disk space for model files in a folder. */
export class DiskSpace {
  /** @param isInUse whether a model version is served, or about to be */
  constructor(
    private readonly root: string,
    private readonly limitBytes: number,
    private readonly isInUse: (model: string, version: string) => boolean,
    private readonly log: Log,
  ) {}

  /** Frees space for so many bytes by deleting unused versions, least recently used first; throws if that is not enough. */
  async ensure(bytes: number): Promise<void> {
    const { fetched, used } = await this.scan();
    const unneeded = fetched.filter((one) => !this.isInUse(one.model, one.version));
    unneeded.sort((a, b) => b.usedAt - a.usedAt);
    let freed = 0;
    for (let missing; (missing = await this.missing(used - freed, bytes)) !== undefined;) {
      const oldest = unneeded.pop();
      if (!oldest) throw startUpError(StartUpCode.ModelNoRoom, this.root, ...missing);
      const names = [FILE, `${FILE}.sig`, MARKER, ...oldest.externalFiles];
      await Promise.all(names.map((name) => rm(join(oldest.folder, name), { force: true })));
      freed += oldest.bytes;
      const { model, version } = oldest;
      this.log.info({ model, version, bytes: oldest.bytes }, "deleted the file of an old version to free disk space");
    }
  }

  private async missing(used: number, bytes: number): Promise<[message: string, fix: string] | undefined> {
    if (used + bytes > this.limitBytes) {
      const message = `the model needs ${bytes} more bytes, but ${used} of the ${this.limitBytes} bytes for models are in use.`;
      return [message, "Raise download.diskLimitBytes, or choose a smaller model."];
    }
    const { bavail, bsize } = await statfs(this.root);
    if (bytes <= bavail * bsize) return undefined;
    const message = `the model needs ${bytes} more bytes, but the disk has only ${bavail * bsize} left.`;
    return [message, "Put model.root on a larger disk, or choose a smaller model."];
  }

  /** The fetched files, and the bytes that they and all partial files use. */
  private async scan(): Promise<{ fetched: Fetched[]; used: number }> {
    const fetched: Fetched[] = [];
    let used = 0;
    for (const model of await foldersIn(this.root)) {
      for (const version of await foldersIn(join(this.root, model))) {
        const folder = join(this.root, model, version);
        for (const name of await readdir(folder)) {
          if (name.endsWith(".part")) used += (await sizeAndTime(join(folder, name))).size;
        }
        const externalFiles = await fetchedExternalFiles(folder);
        if (!externalFiles) continue;
        const files = await Promise.all([FILE, ...externalFiles].map((name) => sizeAndTime(join(folder, name))));
        const bytes = files.reduce((sum, { size }) => sum + size, 0);
        const { mtimeMs: usedAt } = await sizeAndTime(join(folder, MARKER));
        fetched.push({ folder, model, version, externalFiles, bytes, usedAt });
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
