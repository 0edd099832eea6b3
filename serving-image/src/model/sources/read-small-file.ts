import { type FileSource, SourceError } from "./file-source";

/** Reads a whole file from its source; throws if it is larger than `maxBytes`. */
export async function readSmallFile(
  source: FileSource,
  maxBytes: number,
  signal: AbortSignal = new AbortController().signal,
): Promise<Buffer> {
  const { stream } = await source.open(undefined, signal);
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of stream) {
    length += part.length;
    if (length > maxBytes) throw new SourceError(`the file is larger than ${maxBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
