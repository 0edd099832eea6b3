import { constants, rmSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, realpath, rm, stat, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { StartUpCode, startUpError } from "../../core/start-up-error";
import type { LocalFile } from "../sources/local-file";
import { rejectFile } from "./fetch-model";
import { readExternalFiles } from "./read-external-files";

const copies = new Set<string>();
process.on("exit", () => {
  for (const folder of copies) rmSync(folder, { recursive: true, force: true });
});

/** A copy of a model with external data that only this process changes. */
interface PrivateCopy {
  readonly path: string;
  readonly externalFiles: readonly string[];
  remove(): Promise<void>;
}

/**
 * Copies a model with external data that is served from where it is; undefined if it has none. The runtime maps external data
 * into memory, so a change of the file would change the answers of the running model, and truncating it would end the process.
 */
export async function privateCopyOf(model: LocalFile): Promise<PrivateCopy | undefined> {
  if ((await readExternalFiles(model.path, model.path)).length === 0) return undefined;
  const folder = await mkdtemp(join(tmpdir(), "slipway-model-"));
  copies.add(folder);
  const remove = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true });
    copies.delete(folder);
  };
  try {
    const path = join(folder, "model.onnx");
    await copy(model.path, path);
    const externalFiles = await readExternalFiles(path, model.path);
    for (const file of externalFiles) {
      const from = await model
        .beside(file)
        .checkedPath()
        .catch((error) => rejectFile(file, error));
      await copy(from, join(folder, file));
    }
    return { path, externalFiles, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const [{ size }, { bavail, bsize }] = await Promise.all([stat(from), statfs(dirname(to))]);
  if (size > bavail * bsize) {
    const message = `a copy of ${from} needs ${size} bytes, but the disk has only ${bavail * bsize} left.`;
    const fix = "Set TMPDIR to a folder with more space, or model.uri to a file outside model.root.";
    throw startUpError(StartUpCode.ModelNoRoom, dirname(to), message, fix);
  }
  // Without copying any data, if the file system can share it until one of the files changes.
  await copyFile(await realpath(from), to, constants.COPYFILE_FICLONE);
}
