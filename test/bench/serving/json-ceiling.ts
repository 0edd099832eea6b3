/** The cost of JSON over HTTP without a model: parses each request and writes the same answer to all: PORT ANSWER-FILE */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const [port = "0", file = ""] = process.argv.slice(2);
const answer: unknown = JSON.parse(readFileSync(file, "utf8"));

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    if (chunks.length > 0) JSON.parse(Buffer.concat(chunks).toString());
    const body = JSON.stringify(answer);
    response.writeHead(200, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      "slipway-prediction-id": "1.1.0.785be903-a3c9-4ef6-8d86-951f71dc799b",
    });
    response.end(body);
  });
}).listen(Number(port), "127.0.0.1");
