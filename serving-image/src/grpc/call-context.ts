import type { ServerDuplexStream, ServerUnaryCall } from "@grpc/grpc-js";

/** What a method may know of the call that it answers. */
export interface CallContext {
  readonly path: string;
  /** The address of the client. */
  readonly peer: string;
  /** When the caller stops waiting, in milliseconds since 1970; Infinity if it waits as long as it takes. */
  readonly deadline: number;
  readonly isCancelled: boolean;
  /** @param name a header's name in lower case; `host` is the authority of the call */
  header(name: string): string | undefined;
}

/** The context of a call that grpc-js answers. */
export function contextOf<Q, A>(call: ServerUnaryCall<Q, A> | ServerDuplexStream<Q, A>): CallContext {
  return {
    path: call.getPath(),
    peer: call.getPeer(),
    deadline: Number(call.getDeadline()),
    get isCancelled() {
      return call.cancelled;
    },
    header: (name) => (name === "host" ? call.getHost() : call.metadata.get(name)[0]?.toString()),
  };
}
