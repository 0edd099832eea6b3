import { IncomingMessage } from "node:http";
import { type Callback, settleWith, toPromise } from "../core/callback";
import { bodyTooLarge, CLIENT_CLOSED_REQUEST, HttpError } from "../core/http-error";
import { decompress } from "./compression";

/** Receives each chunk of a body as it arrives, and `null` at the end. */
type BodyConsumer = (chunk: Buffer | null) => void;

/**
 * A request whose body can be consumed directly from the parser. Buffering it in a stream takes a tenth of the server's
 * time per request (npm run bench:serving), and no consumer here is slower than the parser.
 */
export class IncomingRequest extends IncomingMessage {
  private consumer: BodyConsumer | undefined;
  private hasBodyStarted = false;
  private sendContinue: (() => void) | undefined;

  /** Marks a request whose client waits for `100 Continue` before it sends the body. */
  expectContinue(send: () => void): void {
    this.sendContinue = send;
  }

  /** Whether the client still waits: a request that is refused without its body is never continued. */
  get awaitsContinue(): boolean {
    return this.sendContinue !== undefined;
  }

  /** Must be called in the same turn of the event loop in which the request arrived, before its body. */
  consumeBody(consumer: BodyConsumer): void {
    if (this.hasBodyStarted) throw new Error("The body has already started to arrive.");
    this.consumer = consumer;
    this.sendContinue?.();
    this.sendContinue = undefined;
    // Marks the stream as read. Otherwise the HTTP server drains the rest of the body after the response.
    this._read(0);
  }

  override push(chunk: Buffer | null, encoding?: BufferEncoding): boolean {
    this.hasBodyStarted = true;
    if (!this.consumer) return super.push(chunk, encoding);
    const { consumer } = this;
    // A connection keeps its last request until the next one, and must not keep its prediction with it.
    if (chunk === null) this.consumer = undefined;
    consumer(chunk);
    return true;
  }
}

/** Reads and decompresses a whole body. Rejects one that is larger than the limit, compressed or decompressed. */
export function readBody(request: IncomingRequest, limit: number): Promise<Buffer> {
  return toPromise((callback) => receiveBody(request, limit, callback));
}

/** From this size on, a body is received into one piece of memory, so that it never exists twice. */
const LARGE_BYTES = 256 * 1024;

/** The memory of a large body whose length is declared; the parser accepts no more than that. */
function wholeBody(declaredLength: number): Buffer | undefined {
  return declaredLength >= LARGE_BYTES ? Buffer.allocUnsafeSlow(declaredLength) : undefined;
}

/** The same with a callback, for use on the hot path. */
export function receiveBody(request: IncomingRequest, limit: number, callback: Callback<Buffer>): void {
  const { "content-encoding": encoding, "content-length": declaredLength } = request.headers;
  if (Number(declaredLength ?? 0) > limit) {
    callback.reject(bodyTooLarge(limit));
    return;
  }
  const whole = wholeBody(Number(declaredLength ?? 0));
  let chunks: Buffer[] = [];
  let length = 0;
  let isSettled = false;
  const finish = (): void => {
    isSettled = true;
    request.off("close", rejectUnfinished);
    const body = whole?.subarray(0, length) ?? (chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    if (encoding === undefined) callback.resolve(body);
    else settleWith(callback, decompress(body, encoding, limit));
  };
  const reject = (error: HttpError): void => {
    if (isSettled) return;
    isSettled = true;
    chunks = [];
    callback.reject(error);
  };
  const rejectUnfinished = (): void => {
    const message = "The client closed the connection before it had sent the whole request.";
    if (!request.complete) reject(new HttpError(CLIENT_CLOSED_REQUEST, message));
  };
  request.consumeBody((chunk) => {
    if (isSettled) return;
    if (chunk === null) finish();
    else if (whole) length += chunk.copy(whole, length);
    else if ((length += chunk.length) > limit) reject(bodyTooLarge(limit));
    else chunks.push(chunk);
  });
  request.on("close", rejectUnfinished);
}
