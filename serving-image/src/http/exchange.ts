import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";

/** One request on its way through the server. */
export interface Exchange {
  readonly request: IncomingMessage;
  /** What stood at the parameters of the path, in order. */
  readonly parameters: readonly string[];
  /** When its headers had arrived, by `performance.now()`. */
  readonly startedAt: number;
}

export interface Answer {
  readonly status: number;
  readonly body: string | Buffer;
  readonly headers?: OutgoingHttpHeaders;
}

export type Handler = (exchange: Exchange) => Answer | Promise<Answer>;

/** An answer with a JSON body; JSON is what is sent unless the headers say otherwise. */
export function json(status: number, body: unknown, headers?: OutgoingHttpHeaders): Answer {
  return { status, body: JSON.stringify(body), ...(headers && { headers }) };
}
