/**
 * The cost of HTTP without a model: reads each request completely, and sends the same bytes to all. With node:http, or with
 * fastify from the folder that is named: PORT ANSWER-FILE [FASTIFY-FOLDER]
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";

const [port = "0", file = "", fastifyFolder] = process.argv.slice(2);
const body = readFileSync(file, "utf8");
const headers = {
  "content-type": "application/json",
  "content-length": Buffer.byteLength(body),
  "slipway-prediction-id": "1.1.0.785be903-a3c9-4ef6-8d86-951f71dc799b",
};

if (fastifyFolder === undefined) withNode();
else void withFastify(fastifyFolder);

function withNode(): void {
  createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      Buffer.concat(chunks);
      response.writeHead(200, headers);
      response.end(body);
    });
  }).listen(Number(port), "127.0.0.1");
}

/** The part of fastify that is used here; it is not a dependency. */
interface Fastify {
  addContentTypeParser(
    type: string,
    options: { parseAs: "buffer" },
    parse: (request: unknown, body: Buffer, done: (error: null, body: Buffer) => void) => void,
  ): void;
  get(path: string, answer: () => string): void;
  post(path: string, answer: (request: unknown, reply: { headers(all: object): void }) => string): void;
  removeAllContentTypeParsers(): void;
  listen(address: { port: number; host: string }): Promise<string>;
}

async function withFastify(folder: string): Promise<void> {
  const { fastify } = createRequire(join(folder, "x.js"))("fastify") as { fastify: () => Fastify };
  const server = fastify();
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, bytes, done) => done(null, bytes));
  server.get("/", () => body);
  server.post("/v2/models/:model/infer", (_request, reply) => {
    reply.headers(headers);
    return body;
  });
  await server.listen({ port: Number(port), host: "127.0.0.1" });
}
