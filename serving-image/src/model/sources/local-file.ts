import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { reasonOf } from "../../core/start-up-error";
import { type DownloadProgress, type FileBytes, type FileSource, SourceError } from "./file-source";

/** The path of a local file; undefined for a URI that must be fetched. */
export function localPath(uri: string): string | undefined {
  if (/^file:\/\//i.test(uri)) return fileURLToPath(uri);
  return /^[a-z0-9+.-]{2,}:/i.test(uri) ? undefined : resolve(uri);
}

/** A local file, or a file of a mounted volume. */
export class LocalFile implements FileSource {
  constructor(private readonly path: string) {}

  async open(after: DownloadProgress | undefined): Promise<FileBytes> {
    const { size, mtimeMs, ino } = await stat(this.path).catch((error: unknown) => {
      throw new SourceError(reasonOf(error));
    });
    const tag = `${ino} ${mtimeMs} ${size}`;
    const start = after?.tag === tag ? after.bytes : 0;
    return { stream: createReadStream(this.path, { start }), start, size, tag };
  }

  sibling(suffix: string): FileSource {
    return new LocalFile(this.path + suffix);
  }
}
