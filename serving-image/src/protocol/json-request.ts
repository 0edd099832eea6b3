import { badRequest } from "../core/http-error";
import type { BinarySection } from "./binary-section";
import type { InferDraft, InputDraft, OutputDraft } from "./inference";
import { isObject, parseJson, parseWithLargeIntegers } from "./json";
import { parseHead } from "./parsed-heads";
import { readRaw } from "./raw-data";
import { readData } from "./read-data";
import { readSchedulingHints } from "./scheduling-hints";

type Json = Readonly<Record<string, unknown>>;

/** Reads the JSON of a request; tensors that follow it as bytes are read from the binary section. */
export function readJsonRequest(text: string, section?: BinarySection): InferDraft {
  return readJsonBody(section ? parseHead(text) : parseJson(text), text, section);
}

/** The same for JSON that is already parsed. */
export function readJsonBody(body: unknown, text: string, section?: BinarySection): InferDraft {
  if (!isObject(body)) throw badRequest("The body is not a JSON object.");
  const { id } = body;
  if (id !== undefined && typeof id !== "string") throw badRequest("id is not a string.");
  const parameters = parametersOf(body, "");
  const draft = {
    inputs: readInputs(body.inputs, text, section),
    outputs: body.outputs === undefined ? [] : readOutputs(body.outputs),
    isBinary: readFlag(parameters, "binary_data_output", "") ?? false,
    hints: readSchedulingHints(parameters),
  };
  section?.finish();
  return id === undefined ? draft : { id, ...draft };
}

function readInputs(list: unknown, text: string, section: BinarySection | undefined): readonly InputDraft[] {
  if (!Array.isArray(list)) throw badRequest("inputs is missing, or is not an array.");
  return list.map((input: unknown, i) => {
    if (!isObject(input)) throw badRequest(`inputs[${i}] is not an object.`);
    const { name, datatype, shape, data } = input;
    if (typeof name !== "string") throw badRequest(`inputs[${i}].name is missing, or is not a string.`);
    const parameters = parametersOf(input, `Input "${name}": `);
    rejectSharedMemory(parameters, "Input", name);
    if (parameters.binary_data_size !== undefined) {
      const bytes = takeBytes(name, input, parameters.binary_data_size, section);
      return { name, datatype, shape, read: (spec, shape, size) => readRaw(spec, shape, size, bytes) };
    }
    // The same data again, but with all digits of large integers.
    const exactData = (): unknown => dataAt(parseWithLargeIntegers(text), i);
    return {
      name,
      datatype,
      shape,
      read: (spec, shape, size) => readData(name, spec.datatype, shape, size, { data, exactData }),
    };
  });
}

function takeBytes(name: string, input: Json, size: unknown, section: BinarySection | undefined): Buffer {
  if (!section) {
    const message = "binary_data_size is given, but the request has no header Inference-Header-Content-Length.";
    throw badRequest(`Input "${name}": ${message}`);
  }
  if (input.data !== undefined) throw badRequest(`Input "${name}": both data and binary_data_size are given.`);
  return section.take(name, size);
}

function readOutputs(list: unknown): readonly OutputDraft[] {
  if (!Array.isArray(list)) throw badRequest("outputs is not an array.");
  return list.map((output: unknown, i) => {
    const name = isObject(output) ? output.name : undefined;
    if (!isObject(output) || typeof name !== "string") {
      throw badRequest(`outputs[${i}].name is missing, or is not a string.`);
    }
    const parameters = parametersOf(output, `Output "${name}": `);
    rejectSharedMemory(parameters, "Output", name);
    if (parameters.classification !== undefined) {
      throw badRequest(`Output "${name}": classification is not supported; request the tensor itself.`);
    }
    const isBinary = readFlag(parameters, "binary_data", `Output "${name}": `);
    return isBinary === undefined ? { name } : { name, isBinary };
  });
}

function parametersOf({ parameters = {} }: Json, prefix: string): Json {
  if (isObject(parameters)) return parameters;
  throw badRequest(`${prefix}parameters is not an object.`);
}

function readFlag(parameters: Json, name: string, prefix: string): boolean | undefined {
  const value = parameters[name];
  if (value === undefined || typeof value === "boolean") return value;
  throw badRequest(`${prefix}${name} is ${JSON.stringify(value).slice(0, 40)}, not true or false.`);
}

function rejectSharedMemory(parameters: Json, kind: "Input" | "Output", name: string): void {
  if (parameters.shared_memory_region === undefined) return;
  throw badRequest(`${kind} "${name}": shared memory is not supported; send the tensor in the request.`);
}

function dataAt(body: unknown, i: number): unknown {
  const inputs = isObject(body) ? body.inputs : undefined;
  const input: unknown = Array.isArray(inputs) ? inputs[i] : undefined;
  return isObject(input) ? input.data : undefined;
}
