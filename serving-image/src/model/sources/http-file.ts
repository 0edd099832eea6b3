import { Readable } from "node:stream";
import { type DownloadProgress, type FileBytes, type FileSource, SourceError } from "./file-source";

/** Client errors that a retry may resolve. */
const TRANSIENT_STATUSES = new Set([408, 425, 429]);

/** A file on a web server. It resumes an earlier attempt if the server supports ranges. */
export class HttpFile implements FileSource {
  constructor(
    private readonly url: string,
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  async open(after: DownloadProgress | undefined, signal: AbortSignal): Promise<FileBytes> {
    const range = after && { range: `bytes=${after.bytes}-`, "if-range": after.tag };
    // With compression, neither the length nor the offsets would be those of the file.
    const headers = { ...this.headers, "accept-encoding": "identity", ...range };
    const response = await fetch(this.url, { signal, headers });
    if (after && (response.status === 416 || !isContinued(response, after))) {
      await response.body?.cancel();
      return this.open(undefined, signal);
    }
    if (!response.ok || !response.body) throw errorOf(response);
    const size = sizeOf(response);
    const tag = tagOf(response);
    return {
      stream: Readable.fromWeb(response.body),
      start: response.status === 206 && after ? after.bytes : 0,
      ...(size !== undefined && { size }),
      ...(tag !== undefined && { tag }),
    };
  }

  sibling(suffix: string): FileSource {
    return this.at((path) => path + suffix);
  }

  beside(path: string): FileSource {
    return this.at((own) => own.slice(0, own.lastIndexOf("/") + 1) + encodePath(path));
  }

  within(path: string): FileSource {
    return this.at((own) => `${own.replace(/\/$/, "")}/${encodePath(path)}`);
  }

  /** The query stays after the path: it may be what allows access to the whole folder. */
  private at(pathFrom: (own: string) => string): FileSource {
    const url = new URL(this.url);
    url.pathname = pathFrom(url.pathname);
    return new HttpFile(url.href, this.headers);
  }
}

/** Encodes each segment of a path for a URL. */
export function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** Whether a partial response continues the same file; not every server honors If-Range. */
function isContinued(response: Response, { bytes, tag }: DownloadProgress): boolean {
  if (response.status !== 206) return true;
  const isAtOffset = response.headers.get("content-range")?.startsWith(`bytes ${bytes}-`);
  return isAtOffset === true && tagOf(response) === tag;
}

function errorOf({ status, statusText }: Response): Error {
  const message = `the server answered ${status} ${statusText}`.trim();
  return status >= 500 || TRANSIENT_STATUSES.has(status) ? new Error(message) : new SourceError(message, status);
}

function sizeOf({ status, headers }: Response): number | undefined {
  // A server that compresses anyway reports the compressed length, not that of the file.
  if (headers.has("content-encoding")) return undefined;
  const size =
    status === 206 ? /\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1] : headers.get("content-length");
  return size ? Number(size) : undefined;
}

/** A weak ETag does not guarantee identical bytes. Neither does a date, but many servers send nothing else. */
function tagOf({ headers }: Response): string | undefined {
  if (headers.has("content-encoding")) return undefined;
  const tag = headers.get("etag");
  if (tag !== null) return tag.startsWith("W/") ? undefined : tag;
  return headers.get("last-modified") ?? undefined;
}
