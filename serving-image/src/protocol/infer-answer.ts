import { isAscii as hasOnlyAscii } from "node:buffer";
import { contract } from "../core/contract";
import { Refusal } from "../core/refusal";
import { isSameShape, type NumberArray, outputOf, type Tensors, type TensorValue } from "./datatypes";
import type { InferRequest } from "./inference";
import { writeRaw } from "./raw-data";

/** An answer as HTTP carries it: its JSON, and behind it the outputs that were asked for as bytes. */
export interface WrittenAnswer {
  readonly json: string;
  /** Whether the JSON surely has no character beyond ASCII. */
  readonly isAscii: boolean;
  readonly binary: readonly Buffer[];
}

const PREDICTION_ID = ',"parameters":{"prediction_id":"';

/** What an output begins with, up to its elements. */
interface OutputHead {
  readonly shape: readonly number[];
  readonly text: string;
  readonly isAscii: boolean;
}

/** Writes answers of one model version, from few pieces: what a text is put together from is copied piece by piece. */
export class InferAnswerWriter {
  private readonly model: string;
  /** What an answer begins with where the request had no id. */
  private readonly head: string;
  /** The last one of each output: most requests ask for the same shape. */
  private readonly outputHeads = new Map<string, OutputHead>();

  constructor(model: string, version: string) {
    this.model = `{"model_name":${JSON.stringify(model)},"model_version":${JSON.stringify(version)}`;
    this.head = this.model + PREDICTION_ID;
  }

  write(predictionId: string, { id, outputs: names, binary: asBytes }: InferRequest, outputs: Tensors): WrittenAnswer {
    const head = id === undefined ? this.head : `${this.model},"id":${JSON.stringify(id)}${PREDICTION_ID}`;
    let json = `${head}${predictionId}"},"outputs":[`;
    let between = "";
    let isAscii = id === undefined;
    const binary: Buffer[] = [];
    for (const name of names) {
      const output = outputOf(outputs, name);
      const { text, isAscii: isAsciiHead } = this.headOf(name, output);
      json += between + text;
      between = ",";
      isAscii &&= isAsciiHead;
      if (asBytes.has(name)) {
        const bytes = writeRaw(output.data);
        binary.push(bytes);
        json += `"parameters":{"binary_data_size":${bytes.length}}}`;
      } else {
        json += `"data":${writeData(name, output)}}`;
        isAscii &&= output.datatype !== "BYTES";
      }
    }
    return { json: `${json}]}`, isAscii, binary };
  }

  private headOf(name: string, { datatype, shape }: TensorValue): OutputHead {
    const known = this.outputHeads.get(name);
    if (known && isSameShape(known.shape, shape)) return known;
    const text = `{"name":${JSON.stringify(name)},"datatype":"${datatype}","shape":[${shape.join()}],`;
    const head = { shape, text, isAscii: hasOnlyAscii(Buffer.from(text)) };
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
