/**
 * The cost of a gRPC call without a model: reads each request completely, and sends the same bytes and trailers to all, with
 * the stream API of node:http2. HTTP/1 on PORT says that it runs, HTTP/2 is on the next one: PORT
 */
import { createServer } from "node:http";
import { createServer as createHttp2Server } from "node:http2";

const [port = "0"] = process.argv.slice(2);
/** About the length of a reply of the digits model, and its prefix. */
const REPLY_BYTES = 190;
const PREFIX_BYTES = 5;
const reply = Buffer.alloc(PREFIX_BYTES + REPLY_BYTES);
reply.writeUInt32BE(REPLY_BYTES, 1);

createHttp2Server()
  .on("stream", (stream) => {
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("end", () => {
      Buffer.concat(chunks);
      stream.respond({ ":status": 200, "content-type": "application/grpc+proto" }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0", "grpc-message": "OK" }));
      stream.end(reply);
    });
  })
  .listen(Number(port) + 1, "127.0.0.1", () => {
    createServer((_request, response) => response.end()).listen(Number(port), "127.0.0.1");
  });
