import { readFileSync } from "node:fs";
import { loadSync } from "@grpc/proto-loader";
import type { GrpcCall, Request } from "./load";

const SAMPLES = "examples/digits-canary/samples.json";
const INFER = "/v2/models/digits/infer";

/** The first recorded digit: 64 numbers from 0 to 16. */
function digit(): readonly number[] {
  return JSON.parse(readFileSync(SAMPLES, "utf8")).samples[0].inputs.image;
}

/** The digit as bytes. */
function digitsTensor(): Buffer {
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

/** The digit as bytes in a call over gRPC. */
export function grpcCall(port: number, isShared = false): GrpcCall {
  const service = loadSync("serving-image/proto/inference.proto", { keepCase: true })["inference.GRPCInferenceService"];
  const method = service && !("format" in service) ? service["ModelInfer"] : undefined;
  if (!method) throw new Error("There is no method ModelInfer.");
  const request = { model_name: "digits", inputs: [input], raw_input_contents: [digitsTensor()] };
  return { grpc: `http://127.0.0.1:${port}${method.path}`, message: method.requestSerialize(request), isShared };
}
