import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { contract } from "../core/contract";
import { CLIENT_CLOSED_REQUEST, HttpError } from "../core/http-error";
import type { Log } from "../core/log";

const BY_HTTP_STATUS: Readonly<Record<number, status>> = {
  400: status.INVALID_ARGUMENT,
  403: status.PERMISSION_DENIED,
  404: status.NOT_FOUND,
  // Not RESOURCE_EXHAUSTED, which is an error of the service: the caller exceeds this limit.
  413: status.INVALID_ARGUMENT,
  [contract.codes.overloaded]: status.RESOURCE_EXHAUSTED,
  [CLIENT_CLOSED_REQUEST]: status.CANCELLED,
  501: status.UNIMPLEMENTED,
  503: status.UNAVAILABLE,
  [contract.codes.timedOut]: status.DEADLINE_EXCEEDED,
  // As Triton does: gRPC has no code for a request on which only the model itself fails.
  [contract.codes.modelFailure]: status.INTERNAL,
};

/** The error that a failed call receives: the message of an HttpError; for any other error only a reference to the log. */
export function toServiceError(error: unknown, method: string, log: Log): Partial<ServiceError> {
  if (!(error instanceof HttpError)) {
    log.error({ err: error, method }, "a call failed");
    return { code: status.INTERNAL, details: "Internal error; see the server's log." };
  }
  const code = BY_HTTP_STATUS[error.status] ?? status.UNKNOWN;
  const retryAfter = error.headers["retry-after"];
  return { code, details: error.message, ...(retryAfter !== undefined && { metadata: retryPushback(retryAfter) }) };
}

/** Tells a client with a retry policy how long to wait, in milliseconds. */
function retryPushback(seconds: string): Metadata {
  const metadata = new Metadata();
  metadata.set("grpc-retry-pushback-ms", String(Number(seconds) * 1000));
  return metadata;
}
