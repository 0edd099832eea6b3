import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { unpack } from "./compression";
import { badRequest, bodyTooLarge, CLIENT_GONE, Refusal } from "./refusal";

/** Reads a whole body, unpacked, refusing what is too large as it is sent or as it is unpacked. */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const encoding = request.headers["content-encoding"];
  const body = receive(request, limit);
  return encoding === undefined ? body : body.then((packed) => unpack(packed, encoding, limit));
}

function receive(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > limit) return Promise.reject(bodyTooLarge(limit));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) {
        chunks.length = 0;
        reject(bodyTooLarge(limit));
      } else chunks.push(chunk);
    });
    request.on("end", () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on("close", () => {
      if (!request.complete) reject(new Refusal(CLIENT_GONE, "The client went away before it had sent its request."));
    });
  });
}

/** The text that a body, or a part of it, is. */
export function textOfBody(body: Buffer): string {
  if (isUtf8(body)) return body.toString();
  throw badRequest("The body is not UTF-8.");
}
