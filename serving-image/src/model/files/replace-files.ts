import { access, link, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fetchedExternalFiles, markFetched, MARKER } from "./disk-space";
import type { FetchedModel } from "./fetch-model";
import { SIGNATURE_SUFFIX } from "./signature";

const FILE = "model.onnx";
const BACKUP_SUFFIX = ".before";

/** A model that replaces another one in its folder, until it is known whether it can be served. */
interface Replacement {
  /** Keeps the new files; those that they replaced are not needed any more. */
  commit(): Promise<void>;
  /** Restores the files that they replaced, since the new ones cannot be served. */
  rollBack(): Promise<void>;
}

/** Moves the files of a fetched model into the folder of its version. */
export async function replaceFiles(
  folder: string,
  uri: string,
  { digest: { sha256, externalFiles }, files }: FetchedModel,
  signature: Buffer | undefined,
): Promise<Replacement> {
  const old = (await fetchedExternalFiles(folder)) ?? [];
  const names = new Set([...old, ...externalFiles, `${FILE}${SIGNATURE_SUFFIX}`, FILE, MARKER]);
  const backups = new Set<string>();
  for (const name of names) if (await backUp(join(folder, name))) backups.add(name);

  for (const [name, partial] of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await partial.moveTo(join(folder, name));
  }
  const signaturePath = join(folder, `${FILE}${SIGNATURE_SUFFIX}`);
  if (signature) await writeNew(signaturePath, signature);
  else await rm(signaturePath, { force: true });
  await rm(join(folder, MARKER), { force: true });
  await markFetched(folder, { uri, sha256, externalFiles });

  const forget = async (): Promise<void> => {
    for (const name of backups) await rm(join(folder, name) + BACKUP_SUFFIX, { force: true });
  };
  return {
    async commit() {
      for (const name of old) if (!files.has(name)) await rm(join(folder, name), { force: true });
      await forget();
    },
    async rollBack() {
      if (!backups.has(FILE)) return forget();
      for (const name of names) {
        const path = join(folder, name);
        if (backups.has(name)) await rename(path + BACKUP_SUFFIX, path);
        else await rm(path, { force: true });
      }
      // Renaming to a name of the same file, which was not replaced, leaves both names.
      await forget();
    },
  };
}

/** Keeps a file under another name; returns whether there is one. */
async function backUp(path: string): Promise<boolean> {
  await rm(path + BACKUP_SUFFIX, { force: true });
  return link(path, path + BACKUP_SUFFIX).then(
    () => true,
    () => false,
  );
}

/** Writes a file without changing the backup of an old one, which is the same file on disk. */
async function writeNew(path: string, content: Buffer): Promise<void> {
  await rm(path, { force: true });
  await writeFile(path, content);
}

export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
