import type { Http2Session, ServerHttp2Stream } from "node:http2";
import { Duplex } from "node:stream";
import type { ServerInterceptingCallInterface } from "@grpc/grpc-js";
import type { UnsentResponses } from "../core/unsent-responses";
import { bytesOfReply, type InferReply } from "./messages";

/** Smaller messages are not worth the time; the limit on concurrent streams bounds their memory. */
const COUNTED_FROM_BYTES = 16_384;

/** Sessions that have a listener for their end: one is enough for all messages. */
const watched = new WeakSet<Http2Session>();

/** Counts the large messages of a call until they are sent. A connection is identified by the address of its client. */
export function countUnsentMessages(call: ServerInterceptingCallInterface, unsent: UnsentResponses): void {
  const send = call.sendMessage.bind(call);
  call.sendMessage = (message: SentMessage, callback) => {
    const bytes = bytesOf(message);
    const stream = bytes < COUNTED_FROM_BYTES ? undefined : streamOf(call);
    if (!stream?.session) return send(message, callback);
    const uncount = countUntilSent(stream, call.getPeer(), bytes, unsent);
    send(message, () => {
      uncount();
      callback();
    });
  };
}

/** Counts a message of this size until its stream is closed, or until the function that this returns is called. */
export function countUntilSent(
  stream: ServerHttp2Stream,
  key: string,
  bytes: number,
  unsent: UnsentResponses,
): () => void {
  const { session } = stream;
  if (bytes < COUNTED_FROM_BYTES || !session) return ignore;
  const connection = {
    get bytesWritten(): number {
      return session.destroyed ? 0 : session.socket.bytesWritten;
    },
    destroy: () => session.destroy(),
  };
  unsent.add(key, connection, bytes);
  if (!watched.has(session)) session.once("close", () => unsent.forget(key));
  watched.add(session);
  let isCounted = true;
  const uncount = (): void => {
    if (isCounted) unsent.sent(key, bytes);
    isCounted = false;
  };
  stream.once("close", uncount);
  return uncount;
}

function ignore(): void {}

/** A reply, a message of a stream of replies, or any other message. */
type SentMessage = Partial<InferReply> & { readonly infer_response?: Partial<InferReply> };

function bytesOf(message: SentMessage): number {
  return bytesOfReply(message.infer_response ?? message);
}

/** The HTTP/2 stream of a call, which grpc-js does not expose in its types. */
function streamOf(call: object): ServerHttp2Stream | undefined {
  return "stream" in call && isStream(call.stream) ? call.stream : undefined;
}

function isStream(value: unknown): value is ServerHttp2Stream {
  return value instanceof Duplex && "session" in value;
}
