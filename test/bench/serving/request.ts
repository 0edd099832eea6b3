import { readFileSync } from "node:fs";
import type { Request } from "./load";

const SAMPLES = "examples/digits-canary/samples.json";
const INFER = "/v2/models/digits/infer";

/** The first recorded digit: 64 numbers from 0 to 16. */
function digit(): readonly number[] {
  return JSON.parse(readFileSync(SAMPLES, "utf8")).samples[0].inputs.image;
}

/** The digit as bytes. */
export function digitsTensor(): Buffer {
  return Buffer.from(Float32Array.from(digit()).buffer);
}

const input = { name: "image", datatype: "FP32", shape: [1, 64] };

/** The digit as JSON, as every server of the Open Inference Protocol accepts it. */
export function jsonRequest(port: number): Request {
  const body = Buffer.from(JSON.stringify({ inputs: [{ ...input, data: digit() }] }));
  return { url: `http://127.0.0.1:${port}${INFER}`, body, headers: { "content-type": "application/json" } };
}

/** The digit as bytes after its JSON, answered in the same format. */
export function binaryRequest(port: number): Request {
  const tensor = digitsTensor();
  const json = JSON.stringify({
    inputs: [{ ...input, parameters: { binary_data_size: tensor.length } }],
    parameters: { binary_data_output: true },
  });
  return {
    url: `http://127.0.0.1:${port}${INFER}`,
    body: Buffer.concat([Buffer.from(json), tensor]),
    headers: {
      "content-type": "application/octet-stream",
      "inference-header-content-length": String(Buffer.byteLength(json)),
    },
  };
}
