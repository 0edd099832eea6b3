import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { type ServiceError, status } from "@grpc/grpc-js";
import { bodyTooLarge } from "../core/http-error";
import type { UnsentResponses } from "../core/unsent-responses";
import type { CallContext } from "./call-context";
import { countUntilSent } from "./count-unsent";
import { isTimeout, timeoutMillisecondsOf } from "./call-timeout";

type Failure = Partial<Pick<ServiceError, "code" | "details" | "metadata">>;

/** Before each message: a byte that says whether it is compressed, and its length in four. */
const PREFIX_BYTES = 5;

const ERROR_HEADERS = { ":status": 200, "content-type": "application/grpc+proto" };
const REPLY_HEADERS = {
  ...ERROR_HEADERS,
  "grpc-accept-encoding": "identity,deflate,gzip",
  "grpc-encoding": "identity",
};
const WITH_TRAILERS = { waitForTrailers: true };
const OK_TRAILERS = { "grpc-status": 0, "grpc-message": "OK" };

/** Whether a call can be answered by a `DirectCall`: one without compression, which nearly all are. */
export function isDirect(headers: IncomingHttpHeaders): boolean {
  const { "content-type": type, "grpc-encoding": encoding = "identity", "grpc-timeout": timeout } = headers;
  return (
    headers[":method"] === "POST" &&
    type !== undefined &&
    type.startsWith("application/grpc") &&
    encoding === "identity" &&
    (timeout === undefined || isTimeout(timeout))
  );
}

/**
 * One unary call on a stream of node:http2, answered as grpc-js answers it, but without the promises, queues and interceptors
 * through which grpc-js passes each step: they cost as much CPU as the rest of the call (npm run bench:serving).
 */
export class DirectCall implements CallContext {
  readonly deadline: number;
  private chunks: Buffer[] = [];
  private received = 0;
  /** Bytes of the message with its prefix, once they are known. */
  private expected: number | undefined;
  private isAnswered = false;
  private timer: NodeJS.Timeout | undefined;

  /** @param onMessage called at most once, with the whole message */
  constructor(
    private readonly stream: ServerHttp2Stream,
    private readonly headers: IncomingHttpHeaders,
    private readonly limit: number,
    private readonly unsent: UnsentResponses,
    private readonly onMessage: (message: Buffer) => void,
  ) {
    // An error is followed by the end of the stream, and nothing can be sent any more.
    stream.on("error", ignore);
    stream.on("data", (chunk: Buffer) => this.receive(chunk));
    stream.on("end", () => this.finish());
    const timeout = headers["grpc-timeout"];
    this.deadline = timeout === undefined ? Infinity : this.startTimer(timeoutMillisecondsOf(String(timeout)));
  }

  get path(): string {
    return this.headers[":path"] ?? "";
  }

  get peer(): string {
    const { remoteAddress = "unknown", remotePort } = this.stream.session?.socket ?? {};
    return remotePort === undefined ? remoteAddress : `${remoteAddress}:${remotePort}`;
  }

  get isCancelled(): boolean {
    return this.isAnswered || this.stream.destroyed || this.stream.closed;
  }

  header(name: string): string | undefined {
    return this.headers[name === "host" ? ":authority" : name]?.toString();
  }

  reply(message: Uint8Array, metadata: OutgoingHttpHeaders): void {
    if (!this.claimAnswer()) return;
    this.stream.respond({ ...REPLY_HEADERS, ...metadata }, WITH_TRAILERS);
    this.stream.on("wantTrailers", sendOk);
    const uncount = countUntilSent(this.stream, this.peer, message.length, this.unsent);
    this.stream.end(frame(message), uncount);
  }

  fail({ code = status.UNKNOWN, details = "", metadata }: Failure): void {
    if (!this.claimAnswer()) return;
    const trailers = { "grpc-status": code, "grpc-message": encodeURI(details), ...metadata?.toHttp2Headers() };
    this.stream.respond({ ...ERROR_HEADERS, ...trailers }, { endStream: true });
  }

  /** Whether the call still waits for its answer; it no longer does afterwards. */
  private claimAnswer(): boolean {
    if (this.isCancelled) return false;
    this.isAnswered = true;
    this.chunks = [];
    clearTimeout(this.timer);
    return true;
  }

  private startTimer(milliseconds: number): number {
    const exceeded = { code: status.DEADLINE_EXCEEDED, details: "Deadline exceeded" };
    this.timer = setTimeout(() => this.fail(exceeded), milliseconds);
    this.stream.on("close", () => clearTimeout(this.timer));
    return Date.now() + milliseconds;
  }

  private receive(chunk: Buffer): void {
    // What arrives after the answer is still read, so that the connection's window stays open.
    if (this.isAnswered) return;
    this.chunks.push(chunk);
    this.received += chunk.length;
    if (this.received < PREFIX_BYTES) return;
    this.expected ??= this.readPrefix();
    if (this.received > this.expected) {
      this.fail({ code: status.UNIMPLEMENTED, details: `Received a second request message for ${this.path}` });
    }
  }

  /** The length of the message with its prefix; a message that cannot be accepted fails the call. */
  private readPrefix(): number {
    const start = this.joined();
    const length = start.readUInt32BE(1);
    if (length > this.limit) {
      this.fail({ code: status.INVALID_ARGUMENT, details: bodyTooLarge(this.limit, "The message").message });
    } else if (start[0] !== 0) {
      const details = "The message is compressed, but the call has no header grpc-encoding.";
      this.fail({ code: status.INTERNAL, details });
    }
    return PREFIX_BYTES + length;
  }

  private finish(): void {
    if (this.isAnswered) return;
    if (this.received === this.expected) this.onMessage(this.joined().subarray(PREFIX_BYTES));
    else this.fail({ code: status.UNIMPLEMENTED, details: `Received no request message for ${this.path}` });
  }

  private joined(): Buffer {
    const [first] = this.chunks;
    if (first && this.chunks.length === 1) return first;
    const all = Buffer.concat(this.chunks);
    this.chunks = [all];
    return all;
  }
}

/** An uncompressed message with its prefix. */
function frame(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  framed[0] = 0;
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, PREFIX_BYTES);
  return framed;
}

function sendOk(this: ServerHttp2Stream): void {
  this.sendTrailers(OK_TRAILERS);
}

function ignore(): void {}
