import { Refusal } from "../http/refusal";
import { contract } from "../contract";
import type { Tensors, TensorValue } from "./datatypes";
import type { InferRequest } from "./infer-request";
import { writeRaw } from "./raw-data";

const NOT_FINITE = /[NI]/;

/** An answer as HTTP carries it: its JSON, and behind it the outputs that were asked for as bytes. */
export interface WrittenAnswer {
  readonly json: string;
  readonly binary: readonly Buffer[];
}

/** Writes answers of one model version. */
export class InferAnswerWriter {
  private readonly head: string;

  constructor(model: string, version: string) {
    this.head = `{"model_name":${JSON.stringify(model)},"model_version":${JSON.stringify(version)}`;
  }

  write(predictionId: string, { id, outputs: names, binary: asBytes }: InferRequest, outputs: Tensors): WrittenAnswer {
    let tensors = "";
    const binary: Buffer[] = [];
    for (const name of names) {
      const output = outputs[name];
      if (!output) continue;
      let content: string;
      if (asBytes.has(name)) {
        const bytes = writeRaw(output.data);
        binary.push(bytes);
        content = `"parameters":{"binary_data_size":${bytes.length}}`;
      } else content = `"data":${writeData(name, output)}`;
      tensors += `${tensors && ","}${writeTensor(name, output, content)}`;
    }
    const echo = id === undefined ? "" : `,"id":${JSON.stringify(id)}`;
    const json = `${this.head}${echo},"parameters":{"prediction_id":"${predictionId}"},"outputs":[${tensors}]}`;
    return { json, binary };
  }
}

function writeTensor(name: string, { datatype, shape }: TensorValue, content: string): string {
  return `{"name":${JSON.stringify(name)},"datatype":"${datatype}","shape":[${shape.join()}],${content}}`;
}

/** FP16 never comes here: requests that ask for it as JSON are refused. */
function writeData(name: string, { datatype, data }: TensorValue): string {
  if (Array.isArray(data)) return JSON.stringify(data);
  if (datatype === "BOOL") return JSON.stringify(Array.from(data, Boolean));
  // Every digit of 64-bit integers is written: JSON itself sets no limit.
  const elements = data.join();
  refuseNotFinite(name, elements);
  return `[${elements}]`;
}

/** Refuses numbers that JSON cannot carry, of a list of them as text. */
export function refuseNotFinite(name: string, elements: string): void {
  if (!NOT_FINITE.test(elements)) return;
  const message = `Output "${name}": the model gave a number that is infinite or none (NaN), which JSON cannot carry.`;
  throw new Refusal(contract.codes.modelFailure, message);
}
