import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { request as httpsRequest } from "node:https";
import { Mismatch, NotOffered } from "../item";

const TIMEOUT_MS = 20_000;

/** An answer as received, still compressed. */
export interface HttpReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends requests to a server, without any headers of its own. */
export class HttpClient {
  constructor(readonly base: string) {}

  get(path: string, headers: Record<string, string> = {}): Promise<HttpReply> {
    return this.send("GET", path, undefined, headers);
  }

  post(path: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<HttpReply> {
    return this.send("POST", path, Buffer.from(body), { "content-type": "application/json", ...headers });
  }

  send(method: string, path: string, body?: Buffer, headers: Record<string, string> = {}): Promise<HttpReply> {
    const url = new URL(`${this.base}${path}`);
    const options = {
      method,
      headers: { ...headers, ...(body && { "content-length": String(body.length) }) },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      // A connection of its own: a request that breaks its connection must not affect the next one.
      agent: false,
    };
    return new Promise((resolve, reject) => {
      const refuse = (error: Error) => reject(new Mismatch(`no answer: ${error.message}`));
      const request = (url.protocol === "https:" ? httpsRequest : httpRequest)(url, options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("error", refuse);
        response.once("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      });
      request.once("error", refuse);
      request.end(body);
    });
  }
}

/** The JSON of an answer that must be a success; a missing path counts as not offered. */
export function successOf(reply: HttpReply): Record<string, unknown> {
  if (reply.status === 200) return jsonOf(reply);
  const description = describeReply(reply);
  throw [404, 405, 501].includes(reply.status) ? new NotOffered(description) : new Mismatch(description);
}

export function jsonOf({ body, headers, status }: HttpReply): Record<string, unknown> {
  const length = Number(headers["inference-header-content-length"] ?? body.length);
  const text = body.toString("utf8", 0, length);
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    throw new Mismatch(`${status} with a body that is not JSON: ${text}`);
  }
}

/** A request that must fail: by the protocol with "an HTTP error status (typically 400)" and `{"error": "…"}`. */
export function rejectionOf(reply: HttpReply): string {
  if (reply.status < 400) throw new Mismatch(describeReply(reply));
  if (typeof jsonOf(reply)["error"] !== "string") throw new Mismatch(`${describeReply(reply)}: no "error" string`);
  return describeReply(reply);
}

/** Status and the beginning of the body. */
export function describeReply({ status, body }: HttpReply): string {
  return `${status} ${body.toString("utf8", 0, 200)}`;
}
