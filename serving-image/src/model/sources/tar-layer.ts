import { once } from "node:events";
import { PassThrough, type Readable } from "node:stream";
import { Parser, type ReadEntry } from "tar";
import { reasonOf } from "../../core/start-up-error";
import { SourceError } from "./file-source";

/** A file in a tar archive. */
interface TarFile {
  readonly stream: Readable;
  readonly size: number;
}

/**
 * Finds the first matching file of a tar archive, plain or gzip; undefined if there is none. Its stream ends only after the
 * whole archive was read, and fails if reading the archive fails.
 */
export function extractFrom(
  tar: AsyncIterable<Buffer>,
  isWanted: (path: string) => boolean,
): Promise<TarFile | undefined> {
  const stream = new PassThrough();
  let isFound = false;
  return new Promise((resolve, reject) => {
    const take = (entry: ReadEntry): void => {
      isFound = true;
      entry.pipe(stream, { end: false });
      resolve({ stream, size: entry.size });
    };
    const parser = new Parser({
      filter: (path, entry) => !isFound && "type" in entry && entry.type === "File" && isWanted(path),
      onReadEntry: take,
    });
    feed(parser, tar, stream).then(
      () => {
        stream.end();
        resolve(undefined);
      },
      (error: unknown) => {
        stream.destroy(error instanceof Error ? error : new Error(reasonOf(error)));
        reject(error);
      },
    );
  });
}

async function feed(parser: Parser, tar: AsyncIterable<Buffer>, stream: PassThrough): Promise<void> {
  const ended = new Promise<void>((resolve, reject) => {
    parser.once("end", resolve);
    parser.once("error", (error: unknown) => {
      reject(new SourceError(`the layer is not a valid tar archive: ${reasonOf(error)}`));
    });
  });
  // The error is handled where the promise is awaited below; until then it must not count as unhandled.
  ended.catch(() => undefined);
  for await (const part of tar) {
    if (stream.destroyed) return;
    if (!parser.write(part)) await Promise.race([once(parser, "drain"), once(stream, "close"), ended]);
  }
  parser.end();
  await ended;
}
