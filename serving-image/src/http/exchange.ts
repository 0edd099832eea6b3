import type { OutgoingHttpHeaders } from "node:http";
import type { Reply } from "../core/reply";
import type { Incoming } from "./body";

/** One request on its way through the server. */
export interface Exchange {
  readonly request: Incoming;
  /** What stood at the parameters of the path, in order. */
  readonly parameters: readonly string[];
  /** When its headers had arrived, by `performance.now()`. */
  readonly startedAt: number;
}

export interface Answer {
  readonly status: number;
  readonly body: string | Buffer;
  /**
   * Whether a text surely has no character beyond ASCII: its bytes then need not be counted, and it is sent as it is.
   * @default false
   */
  readonly isAscii?: boolean;
  readonly headers?: OutgoingHttpHeaders;
}

/** Gives the answer, or a promise of it; or nothing, and then calls the reply. */
export type Handler = (exchange: Exchange, reply: Reply<Answer>) => Answer | Promise<Answer> | void;

/** An answer with a JSON body; JSON is what is sent unless the headers say otherwise. */
export function json(status: number, body: unknown, headers?: OutgoingHttpHeaders): Answer {
  return { status, body: JSON.stringify(body), ...(headers && { headers }) };
}
