import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { UnsentResponses } from "../core/unsent-responses";

/** Larger bodies are passed to the socket in slices, so that it is known how much of them the client has read. */
const SLICE_BYTES = 2 ** 18;

/** A response on its connection, and the count of what waits for its client. */
interface Sending {
  readonly response: ServerResponse;
  readonly socket: Socket;
  readonly unsent: UnsentResponses;
}

/** Sends the body of a response and ends it. What the client does not read at once is counted as unsent. */
export function sendBody(sending: Sending, body: string | Buffer, length: number, encoding: "latin1" | "utf8"): void {
  const { response, socket, unsent } = sending;
  if (socket.destroyed) {
    response.end();
    return;
  }
  if (length > SLICE_BYTES) {
    const bytes = typeof body === "string" ? Buffer.from(body, encoding) : body;
    count(sending, bytes.length);
    sendSlices(sending, bytes, 0);
    return;
  }
  response.end(body, encoding);
  // A response to a pipelined request has no socket before its turn.
  if (socket.writableLength === 0 && response.socket === socket) return;
  count(sending, length);
  response.once("finish", () => unsent.sent(socket, length));
}

/** Sockets that have a listener for their end: one is enough for all responses. */
const watched = new WeakSet<Socket>();

function count({ socket, unsent }: Sending, bytes: number): void {
  unsent.add(socket, socket, bytes);
  if (watched.has(socket)) return;
  watched.add(socket);
  socket.once("close", () => unsent.forget(socket));
}

function sendSlices(sending: Sending, bytes: Buffer, from: number): void {
  const { response, socket, unsent } = sending;
  const slice = bytes.subarray(from, from + SLICE_BYTES);
  const isLast = from + slice.length === bytes.length;
  const next = (error?: Error | null): void => {
    unsent.sent(socket, slice.length);
    if (!error && !isLast) sendSlices(sending, bytes, from + slice.length);
  };
  if (isLast) response.end(slice, next);
  else response.write(slice, next);
}
