import type { OutgoingHttpHeaders } from "node:http";
import type { Callback } from "../core/callback";
import type { IncomingRequest } from "./body";

/** One request while the server handles it. */
export interface Exchange {
  readonly request: IncomingRequest;
  /** Values of the path parameters, in order. */
  readonly parameters: readonly string[];
  /** When the headers had arrived, by `performance.now()`. */
  readonly startedAt: number;
}

export interface HttpResponse {
  readonly status: number;
  readonly body: string | Buffer;
  /**
   * Whether each character of a text body stands for one byte, as in ASCII. Such a body is sent in one piece with the
   * headers. A buffer is not, which costs more CPU than parsing the JSON of a small request (npm run bench:serving).
   * @default false
   */
  readonly isLatin1?: boolean;
  readonly headers?: OutgoingHttpHeaders;
}

/** Returns the response, or a promise of it, or nothing and settles the callback later. */
export type Handler = (
  exchange: Exchange,
  callback: Callback<HttpResponse>,
) => HttpResponse | Promise<HttpResponse> | void;

/** A response with a JSON body; the content type is JSON unless the headers set another. */
export function json(status: number, body: unknown, headers?: OutgoingHttpHeaders): HttpResponse {
  return { status, body: JSON.stringify(body), ...(headers && { headers }) };
}
