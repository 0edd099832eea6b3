import { Readable } from "node:stream";
import { type FileBytes, type FileSource, type Progress, SourceRefusal } from "./model-source";

/** Statuses that may be others a moment later. */
const PASSING = new Set([408, 425, 429]);

/** A file that a web server gives, as far as it can from where an earlier attempt had come. */
export class HttpFile implements FileSource {
  constructor(
    private readonly url: string,
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  async open(after: Progress | undefined, signal: AbortSignal): Promise<FileBytes> {
    const range = after && { range: `bytes=${after.bytes}-`, "if-range": after.tag };
    // Compressed on the way, neither the length nor a place in the file would be those of the file.
    const headers = { ...this.headers, "accept-encoding": "identity", ...range };
    const response = await fetch(this.url, { signal, headers });
    if (after && (response.status === 416 || !isContinued(response, after))) {
      await response.body?.cancel();
      return this.open(undefined, signal);
    }
    if (!response.ok || !response.body) throw refusalOf(response);
    const size = sizeOf(response);
    const tag = tagOf(response);
    return {
      stream: Readable.fromWeb(response.body),
      start: response.status === 206 && after ? after.bytes : 0,
      ...(size !== undefined && { size }),
      ...(tag !== undefined && { tag }),
    };
  }

  /** A query stays where it is: behind the path. */
  beside(suffix: string): FileSource {
    const url = new URL(this.url);
    url.pathname += suffix;
    return new HttpFile(url.href, this.headers);
  }
}

/** Whether a partial answer is the rest of the file that was begun; not every server heeds If-Range. */
function isContinued(response: Response, { bytes, tag }: Progress): boolean {
  if (response.status !== 206) return true;
  const isPlace = response.headers.get("content-range")?.startsWith(`bytes ${bytes}-`);
  return isPlace === true && tagOf(response) === tag;
}

function refusalOf({ status, statusText }: Response): Error {
  const message = `the server answered ${status} ${statusText}`.trim();
  return status >= 500 || PASSING.has(status) ? new Error(message) : new SourceRefusal(message, status);
}

function sizeOf({ status, headers }: Response): number | undefined {
  // A server that compresses all the same says the length of what it sends, not of the file.
  if (headers.has("content-encoding")) return undefined;
  const size =
    status === 206 ? /\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1] : headers.get("content-length");
  return size ? Number(size) : undefined;
}

/** A weak ETag does not promise the same bytes; a moment in seconds does not either, but is all that many servers give. */
function tagOf({ headers }: Response): string | undefined {
  if (headers.has("content-encoding")) return undefined;
  const tag = headers.get("etag");
  if (tag !== null) return tag.startsWith("W/") ? undefined : tag;
  return headers.get("last-modified") ?? undefined;
}
