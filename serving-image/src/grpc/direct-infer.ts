import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { attempt, type Callback, settle } from "../core/callback";
import { badRequest } from "../core/http-error";
import { inferenceDefinition } from "./definitions";
import { DirectCall, isDirect } from "./direct-call";
import { infer, type InferenceServiceOptions, metadataOf } from "./inference-service";
import type { InferMessage, InferReply } from "./messages";
import { toServiceError } from "./status";
import type { UnaryCalls } from "./unary";

const METHOD = inferenceDefinition["ModelInfer"];

/** Answers the calls of ModelInfer that need nothing special without grpc-js; returns false for all others. */
export function answerInfer(
  options: InferenceServiceOptions,
  calls: UnaryCalls,
  limit: number,
): (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => boolean {
  const answer = (call: DirectCall, bytes: Buffer): void => {
    const answered = calls.track();
    const reject = (error: unknown): void => {
      answered();
      call.fail(toServiceError(error, call.path, options.log));
    };
    const resolve = (reply: InferReply): void =>
      settle({ reject, resolve: (message) => (answered(), call.reply(message, metadataOf(reply))) }, () =>
        encode(reply),
      );
    const callback: Callback<InferReply> = { resolve, reject };
    attempt(callback, () => infer(options, decode(bytes), call, callback));
  };
  return (stream, headers) => {
    if (headers[":path"] !== METHOD?.path || !isDirect(headers)) return false;
    const call: DirectCall = new DirectCall(stream, headers, limit, options.unsent, (bytes) => answer(call, bytes));
    return true;
  };
}

function decode(bytes: Buffer): InferMessage {
  try {
    return METHOD?.requestDeserialize(bytes) as InferMessage;
  } catch {
    throw badRequest("The message is not a ModelInferRequest.");
  }
}

function encode(reply: InferReply): Buffer {
  return METHOD?.responseSerialize(reply) ?? Buffer.of();
}
