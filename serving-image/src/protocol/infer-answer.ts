import { Refusal } from "../http/refusal";
import { contract } from "../contract";
import type { Tensors, TensorValue } from "./datatypes";

const NOT_FINITE = /[NI]/;

/** Writes answers of one model version. */
export class InferAnswerWriter {
  private readonly head: string;

  constructor(model: string, version: string) {
    this.head = `{"model_name":${JSON.stringify(model)},"model_version":${JSON.stringify(version)}`;
  }

  write(predictionId: string, id: string | undefined, names: readonly string[], outputs: Tensors): string {
    let tensors = "";
    for (const name of names) {
      const output = outputs[name];
      if (output) tensors += `${tensors && ","}${writeTensor(name, output)}`;
    }
    const echo = id === undefined ? "" : `,"id":${JSON.stringify(id)}`;
    return `${this.head}${echo},"parameters":{"prediction_id":"${predictionId}"},"outputs":[${tensors}]}`;
  }
}

function writeTensor(name: string, { datatype, shape, data }: TensorValue): string {
  return `{"name":${JSON.stringify(name)},"datatype":"${datatype}","shape":[${shape.join()}],"data":${writeData(name, { datatype, shape, data })}}`;
}

function writeData(name: string, { datatype, data }: TensorValue): string {
  if (Array.isArray(data)) return JSON.stringify(data);
  if (datatype === "BOOL") return JSON.stringify(Array.from(data, Boolean));
  if (datatype === "FP16") throw new Refusal(400, `Output "${name}": FP16 cannot be carried as JSON.`);
  // Every digit of 64-bit integers is written: JSON itself sets no limit.
  const elements = data.join();
  if (NOT_FINITE.test(elements)) {
    const message = `Output "${name}": the model gave a number that is infinite or none (NaN), which JSON cannot carry.`;
    throw new Refusal(contract.codes.modelFailure, message);
  }
  return `[${elements}]`;
}
