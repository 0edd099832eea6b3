import { isUtf8 } from "node:buffer";
import { promised, replyWith, type Reply } from "../reply";
import { unpack } from "./compression";
import type { Incoming } from "./incoming";
import { badRequest, bodyTooLarge, CLIENT_GONE, Refusal } from "./refusal";

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

/** The text that a body, or a part of it, is. */
export function textOfBody(body: Buffer): string {
  if (isUtf8(body)) return body.toString();
  throw badRequest("The body is not UTF-8.");
}
