import { createReadStream, existsSync, realpathSync } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { reasonOf, systemCodeOf } from "../../core/start-up-error";
import { externalDataOutside } from "../files/external-files";
import {
  type DownloadProgress,
  type FileBytes,
  type FileSource,
  FolderError,
  NOT_FOUND,
  SourceError,
} from "./file-source";

/** The path of a local file; undefined for a URI that must be fetched. */
export function localPath(uri: string): string | undefined {
  if (/^file:\/\//i.test(uri)) return fileURLToPath(uri);
  return /^[a-z0-9+.-]{2,}:/i.test(uri) ? undefined : resolve(uri);
}

/** A local file, or a file of a mounted volume. */
export class LocalFile implements FileSource {
  /** @param model the model to which it belongs, if it must be in the same folder even after symbolic links are followed */
  constructor(
    readonly path: string,
    private readonly model?: string,
  ) {}

  async open(after: DownloadProgress | undefined): Promise<FileBytes> {
    const found = await stat(await this.checkedPath());
    const { size, mtimeMs, ino } = found;
    const tag = `${ino} ${mtimeMs} ${size}`;
    const start = after?.tag === tag ? after.bytes : 0;
    return { stream: createReadStream(this.path, { start }), start, size, tag };
  }

  /** Its path; throws unless it is a regular file that it may be. */
  async checkedPath(): Promise<string> {
    if (this.model !== undefined) await assertInFolderOf(this.model, this.path);
    const found = await stat(this.path).catch(rejectPath);
    if (found.isDirectory()) throw new FolderError();
    if (!found.isFile()) throw new SourceError("it is not a regular file");
    return this.path;
  }

  sibling(suffix: string): LocalFile {
    return new LocalFile(this.path + suffix);
  }

  /** A link to a model may be anywhere: what belongs to the model may then be beside the file that the link leads to. */
  beside(path: string): LocalFile {
    const beside = join(dirname(this.path), path);
    if (existsSync(beside) || !existsSync(this.path)) return new LocalFile(beside, this.path);
    return new LocalFile(join(dirname(realpathSync(this.path)), path), this.path);
  }

  within(path: string): LocalFile {
    return new LocalFile(join(this.path, path));
  }

  async names(): Promise<readonly string[]> {
    const entries = await readdir(this.path, { withFileTypes: true }).catch(rejectPath);
    return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  }
}

/**
 * Throws if a file is not in the folder of a model, nor in that of the file that a link to the model leads to. A volume that
 * Kubernetes or git-sync updates consists of links, which stay in their folder.
 */
async function assertInFolderOf(model: string, path: string): Promise<void> {
  const [file, folder, target] = await Promise.all([path, dirname(model), model].map((one) => realpath(one))).catch(
    rejectPath,
  );
  if (file === undefined || folder === undefined || target === undefined) return;
  if ([folder, dirname(target)].some((allowed) => file.startsWith(allowed.replace(/\/*$/, "/")))) return;
  throw externalDataOutside(model, `its external data ${path} is a link to ${file}, which is outside its folder.`);
}

function rejectPath(error: unknown): never {
  throw new SourceError(reasonOf(error), systemCodeOf(error) === "ENOENT" ? NOT_FOUND : undefined);
}
