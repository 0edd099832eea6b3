import { badRequest } from "../core/http-error";
import type { InferDraft, InputDraft, OutputDraft, Prediction } from "../protocol/inference";
import { readRaw, writeRaw } from "../protocol/raw-data";
import type { InferMessage, InferReply, InputTensor, Parameters, RequestedOutput } from "./messages";
import { readContents } from "./read-contents";

/** Decodes an inference request that came over gRPC. */
export function readInferMessage({ id, inputs, outputs, raw_input_contents: raw }: InferMessage): InferDraft {
  if (raw.length > 0 && raw.length !== inputs.length) {
    throw badRequest(`raw_input_contents has ${raw.length} entries, but there are ${inputs.length} inputs.`);
  }
  const draft = {
    inputs: inputs.map((input, i) => readInput(input, raw[i])),
    outputs: outputs.map(readOutput),
    isBinary: true,
  };
  return id === "" ? draft : { id, ...draft };
}

export function writeInferReply(
  model: string,
  version: string,
  { id, request, outputs, cache }: Prediction,
): InferReply {
  const results = request.outputs.flatMap((name) => {
    const output = outputs[name];
    return output ? [{ name, ...output }] : [];
  });
  return {
    model_name: model,
    model_version: version,
    id: request.id ?? "",
    parameters: { prediction_id: { string_param: id }, ...(cache && { cache: { string_param: cache } }) },
    outputs: results.map(({ name, datatype, shape }) => ({ name, datatype, shape })),
    raw_output_contents: results.map(({ data }) => writeRaw(data)),
  };
}

function readInput({ name, datatype, shape, parameters, contents }: InputTensor, raw: Buffer | undefined): InputDraft {
  rejectSharedMemory(parameters, `Input "${name}"`);
  if (raw && contents) throw badRequest(`Input "${name}": both contents and raw_input_contents are given.`);
  return {
    name,
    datatype,
    shape: shape.map(Number),
    read: (spec, full, size) => (raw ? readRaw(spec, full, size, raw) : readContents(spec, full, size, contents)),
  };
}

function readOutput({ name, parameters }: RequestedOutput): OutputDraft {
  rejectSharedMemory(parameters, `Output "${name}"`);
  if (parameters["classification"]) {
    throw badRequest(`Output "${name}": classification is not supported; request the tensor itself.`);
  }
  return { name };
}

function rejectSharedMemory(parameters: Parameters, prefix: string): void {
  if (!parameters["shared_memory_region"]) return;
  throw badRequest(`${prefix}: shared memory is not supported; send the tensor in the request.`);
}
