import { IncomingMessage } from "node:http";
import { bodyTooLarge, CLIENT_GONE, Refusal } from "../core/refusal";
import { promised, type Reply, replyWith } from "../core/reply";
import { unpack } from "./compression";

/** Gets each part of a body as it arrives, and `null` at its end. */
type BodyTaker = (part: Buffer | null) => void;

/**
 * A request whose body can be had as the parser finds it. A stream that keeps it until somebody reads takes a tenth of the
 * server's time for each request (npm run bench:serving), and nothing here reads slower than the parser.
 */
export class Incoming extends IncomingMessage {
  private taker: BodyTaker | undefined;
  private hasBegun = false;

  /** To be called in the turn in which the request has arrived, before its body. */
  takeBody(taker: BodyTaker): void {
    if (this.hasBegun) throw new Error("The body has begun to arrive already.");
    this.taker = taker;
    // Says that somebody reads it: else the HTTP server, once it has answered, sees to it that the rest is read.
    this._read(0);
  }

  override push(part: Buffer | null, encoding?: BufferEncoding): boolean {
    this.hasBegun = true;
    if (!this.taker) return super.push(part, encoding);
    this.taker(part);
    return true;
  }
}

/** Reads a whole body, unpacked, refusing what is too large as it is sent or as it is unpacked. */
export function readBody(request: Incoming, limit: number): Promise<Buffer> {
  return promised((reply) => receiveBody(request, limit, reply));
}

/** The same, for those of whose requests there are many. */
export function receiveBody(request: Incoming, limit: number, reply: Reply<Buffer>): void {
  const { "content-encoding": encoding, "content-length": announced } = request.headers;
  if (Number(announced ?? 0) > limit) {
    reply.failed(bodyTooLarge(limit));
    return;
  }
  let parts: Buffer[] = [];
  let length = 0;
  let isOver = false;
  const finish = (): void => {
    isOver = true;
    const body = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
    if (encoding === undefined) reply.answered(body);
    else replyWith(reply, unpack(body, encoding, limit));
  };
  const refuse = (refusal: Refusal): void => {
    if (isOver) return;
    isOver = true;
    parts = [];
    reply.failed(refusal);
  };
  request.takeBody((part) => {
    if (isOver) return;
    if (part === null) finish();
    else if ((length += part.length) > limit) refuse(bodyTooLarge(limit));
    else parts.push(part);
  });
  request.on("close", () => {
    if (!request.complete) refuse(new Refusal(CLIENT_GONE, "The client went away before it had sent its request."));
  });
}
