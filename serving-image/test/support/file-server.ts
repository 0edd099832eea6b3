import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Long enough for a busy client to receive what was sent before. */
const CUT_AFTER_MS = 400;

/** A fault to inject into one response. */
export interface Fault {
  /** The connection ends after so many bytes of the body. */
  readonly cutAfter?: number;
  /** Delays the cut until this is true, such as until the client has written what it received. */
  readonly cutWhen?: () => boolean;
  readonly status?: number;
  /** Nothing more is sent after so many bytes. */
  readonly stallAfter?: number;
  /** The whole file is sent, whatever range was requested. */
  readonly isWhole?: boolean;
  /** The length is not sent. */
  readonly isChunked?: boolean;
}

/** A request that the server received. */
export interface ReceivedRequest {
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

/** Serves files by path over HTTP, like a file server or an S3 bucket, with ranges; unknown paths are 404. */
export class FileServer {
  readonly paths: string[] = [];
  readonly requests: ReceivedRequest[] = [];
  /** Faults of the next responses, one each. */
  readonly faults: Fault[] = [];
  private readonly server: Server;

  private constructor(readonly files: Record<string, Buffer>) {
    this.server = createServer((request, response) => this.answer(request, response));
  }

  /** Forgets its files, its faults and the requests so far. */
  reset(): void {
    for (const path of Object.keys(this.files)) delete this.files[path];
    this.requests.length = this.faults.length = 0;
  }

  static async start(files: Readonly<Record<string, Buffer>>): Promise<FileServer> {
    const started = new FileServer({ ...files });
    started.server.listen(0, "127.0.0.1");
    await once(started.server, "listening");
    return started;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", "http://x");
    const path = decodeURIComponent(url.pathname);
    const { range, authorization } = request.headers;
    this.paths.push(path);
    this.requests.push({ path, range, authorization });
    // Accepted and never answered, so that the download hangs.
    if (path.startsWith("/stalled")) return;
    const file = this.files[`${path.replace("/cut", "")}${url.search.startsWith("?x-id") ? "" : url.search}`];
    const fault =
      this.faults.shift() ?? (path.startsWith("/cut") && file ? { cutAfter: file.length / 2, isWhole: true } : {});
    if (fault.status !== undefined) return void response.writeHead(fault.status).end();
    if (!file) return void response.writeHead(404).end();
    this.send(request, response, file, fault);
  }

  private send({ headers }: IncomingMessage, response: ServerResponse, file: Buffer, fault: Fault): void {
    const etag = `"${createHash("md5").update(file).digest("hex")}"`;
    const from = fault.isWhole ? undefined : /^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1];
    if (headers["if-match"] !== undefined && headers["if-match"] !== etag) return void response.writeHead(412).end();
    if (from !== undefined && Number(from) >= file.length) return void response.writeHead(416).end();
    const isSame = headers["if-range"] === undefined || headers["if-range"] === etag;
    const start = from !== undefined && isSame ? Number(from) : 0;
    const body = file.subarray(start);
    response.writeHead(start > 0 ? 206 : 200, {
      etag,
      ...(!fault.isChunked && { "content-length": body.length }),
      ...(start > 0 && { "content-range": `bytes ${start}-${file.length - 1}/${file.length}` }),
    });
    const { cutAfter, stallAfter } = fault;
    if (cutAfter !== undefined) {
      response.flushHeaders();
      if (cutAfter > 0) response.write(body.subarray(0, cutAfter));
      const { cutWhen } = fault;
      if (!cutWhen) setTimeout(() => response.destroy(), CUT_AFTER_MS);
      else {
        const poll = setInterval(() => {
          if (!cutWhen()) return;
          clearInterval(poll);
          response.destroy();
        }, 10);
      }
    } else if (stallAfter !== undefined) response.write(body.subarray(0, stallAfter));
    else response.end(body);
  }
}
