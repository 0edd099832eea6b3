import { type ServerInterceptingCallInterface, status } from "@grpc/grpc-js";
import { bodyTooLarge } from "../core/http-error";

/** How the details of gRPC's own error for a message over the limit begin. */
const OVER_THE_LIMIT = /^Received message (larger than max|that decompresses to a size larger than) /;

/**
 * Answers a message over the limit with INVALID_ARGUMENT. By itself gRPC answers with RESOURCE_EXHAUSTED, as for a full
 * queue, and a gateway could not distinguish a caller's mistake from an overloaded server.
 */
export function rejectTooLargeMessages(call: ServerInterceptingCallInterface, limit: number): void {
  // The check of the size does not go through an interceptor's responder, so the call itself has to be changed.
  const send = call.sendStatus.bind(call);
  call.sendStatus = (sent) => {
    const isTooLarge = sent.code === status.RESOURCE_EXHAUSTED && OVER_THE_LIMIT.test(sent.details);
    send(
      isTooLarge
        ? { ...sent, code: status.INVALID_ARGUMENT, details: bodyTooLarge(limit, "The message").message }
        : sent,
    );
  };
}
