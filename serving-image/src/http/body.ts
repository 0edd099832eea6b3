import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { badRequest, CLIENT_GONE, Refusal } from "./refusal";

/** Reads a whole body, refusing what is too large or compressed. */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const encoding = request.headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") {
    const message = `The content encoding ${encoding} is not supported; send the body as it is.`;
    return Promise.reject(new Refusal(415, message, { "accept-encoding": "identity" }));
  }
  if (Number(request.headers["content-length"] ?? 0) > limit) return Promise.reject(tooLarge(limit));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) {
        chunks.length = 0;
        reject(tooLarge(limit));
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

function tooLarge(limit: number): Refusal {
  return new Refusal(413, `The body is larger than ${limit} bytes, the limit of this server (http.bodyLimitBytes).`);
}
