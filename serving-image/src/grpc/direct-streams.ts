import type { Http2Server, IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { Server } from "@grpc/grpc-js";

type StreamListener = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

/**
 * Offers every stream of a server that listens to a function before grpc-js, which answers those that it returns false for.
 * Connections, and when they are closed, stay with grpc-js.
 */
export function offerStreams(
  server: Server,
  accept: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => boolean,
): void {
  for (const http2 of http2ServersOf(server)) {
    const listeners = http2.listeners("stream") as StreamListener[];
    http2.removeAllListeners("stream");
    http2.on("stream", (stream, headers) => {
      if (accept(stream, headers)) return;
      for (const listener of listeners) listener.call(http2, stream, headers);
    });
  }
}

/** grpc-js has no public name for them. If a later version keeps them elsewhere, it answers all calls itself, as slowly. */
function http2ServersOf(server: Server): readonly Http2Server[] {
  const { http2Servers } = server as unknown as { readonly http2Servers?: ReadonlyMap<Http2Server, unknown> };
  return [...(http2Servers?.keys() ?? [])];
}
