import { Refusal } from "../http/refusal";
import { contract } from "../contract";
import type { NumberArray, Tensors, TensorValue } from "./datatypes";
import type { InferRequest } from "./infer-request";
import { writeRaw } from "./raw-data";

/** An answer as HTTP carries it: its JSON, and behind it the outputs that were asked for as bytes. */
export interface WrittenAnswer {
  readonly json: string;
  readonly binary: readonly Buffer[];
}

/** Writes answers of one model version. */
export class InferAnswerWriter {
  private readonly head: string;
  /** What each output begins with, up to its shape. */
  private readonly outputHeads = new Map<string, string>();

  constructor(model: string, version: string) {
    this.head = `{"model_name":${JSON.stringify(model)},"model_version":${JSON.stringify(version)}`;
  }

  write(predictionId: string, { id, outputs: names, binary: asBytes }: InferRequest, outputs: Tensors): WrittenAnswer {
    let tensors = "";
    const binary: Buffer[] = [];
    for (const name of names) {
      const output = outputs[name];
      if (!output) continue;
      if (tensors !== "") tensors += ",";
      tensors += `${this.headOf(name, output)}${output.shape.join()}],`;
      if (asBytes.has(name)) {
        const bytes = writeRaw(output.data);
        binary.push(bytes);
        tensors += `"parameters":{"binary_data_size":${bytes.length}}}`;
      } else tensors += `"data":${writeData(name, output)}}`;
    }
    const echo = id === undefined ? "" : `,"id":${JSON.stringify(id)}`;
    const json = `${this.head}${echo},"parameters":{"prediction_id":"${predictionId}"},"outputs":[${tensors}]}`;
    return { json, binary };
  }

  private headOf(name: string, { datatype }: TensorValue): string {
    const known = this.outputHeads.get(name);
    if (known !== undefined) return known;
    const head = `{"name":${JSON.stringify(name)},"datatype":"${datatype}","shape":[`;
    this.outputHeads.set(name, head);
    return head;
  }
}

/** FP16 never comes here: requests that ask for it as JSON are refused. */
function writeData(name: string, { datatype, data }: TensorValue): string {
  if (Array.isArray(data)) return JSON.stringify(data);
  if (datatype === "BOOL") return JSON.stringify(Array.from(data, Boolean));
  // Every digit of 64-bit integers is written: JSON itself sets no limit.
  if (datatype === "FP32" || datatype === "FP64") refuseNotFinite(name, data as NumberArray);
  return `[${data.join()}]`;
}

/** Refuses numbers that JSON cannot carry. */
export function refuseNotFinite(name: string, data: NumberArray): void {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) throw notFinite(name);
}

function notFinite(name: string): Refusal {
  const message = `Output "${name}": the model gave a number that is infinite or none (NaN), which JSON cannot carry.`;
  return new Refusal(contract.codes.modelFailure, message);
}
