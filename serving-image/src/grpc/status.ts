import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { contract } from "../core/contract";
import type { Log } from "../core/log";
import { CLIENT_GONE, Refusal } from "../core/refusal";

const BY_HTTP_STATUS: Readonly<Record<number, status>> = {
  400: status.INVALID_ARGUMENT,
  403: status.PERMISSION_DENIED,
  404: status.NOT_FOUND,
  413: status.RESOURCE_EXHAUSTED,
  429: status.RESOURCE_EXHAUSTED,
  [CLIENT_GONE]: status.CANCELLED,
  501: status.UNIMPLEMENTED,
  503: status.UNAVAILABLE,
  504: status.DEADLINE_EXCEEDED,
  // As Triton says it: gRPC has no word for a request that only the model itself cannot answer.
  [contract.codes.modelFailure]: status.INTERNAL,
};

/** What a call that failed is told: the reason of a refusal; of anything else no more than that the log has it. */
export function errorOf(error: unknown, method: string, log: Log): Partial<ServiceError> {
  if (!(error instanceof Refusal)) {
    log.error({ err: error, method }, "a call failed");
    return { code: status.INTERNAL, details: "The server failed to answer; its log says why." };
  }
  const code = BY_HTTP_STATUS[error.status] ?? status.UNKNOWN;
  const wait = error.headers["retry-after"];
  return { code, details: error.message, ...(wait !== undefined && { metadata: pushBack(wait) }) };
}

/** A client with a retry policy waits as long as this says, in milliseconds. */
function pushBack(seconds: string): Metadata {
  const metadata = new Metadata();
  metadata.set("grpc-retry-pushback-ms", String(Number(seconds) * 1000));
  return metadata;
}
