import { isAscii as hasOnlyAscii } from "node:buffer";
import { isSameShape, outputOf, type Tensors, type TensorValue } from "./datatypes";
import type { InferRequest } from "./inference";
import { writeNumbers } from "./json-numbers";
import { writeRaw } from "./raw-data";

/** A response in its HTTP encoding: JSON, followed by the outputs that were requested as bytes. */
interface EncodedResponse {
  readonly json: string;
  /** Whether the JSON is known to be plain ASCII. */
  readonly isAscii: boolean;
  readonly binary: readonly Buffer[];
}

const PREDICTION_ID = ',"parameters":{"prediction_id":"';

/** The start of an output, up to its elements. */
interface OutputHead {
  readonly shape: readonly number[];
  readonly text: string;
  readonly isAscii: boolean;
}

/** Writes the responses of one model version. It concatenates few long strings, since each one costs a copy. */
export class InferResponseWriter {
  private readonly model: string;
  /** The start of a response to a request without an id. */
  private readonly head: string;
  /** The last head of each output: most responses have the same shape. */
  private readonly outputHeads = new Map<string, OutputHead>();

  constructor(model: string, version: string) {
    this.model = `{"model_name":${JSON.stringify(model)},"model_version":${JSON.stringify(version)}`;
    this.head = this.model + PREDICTION_ID;
  }

  write(
    predictionId: string,
    { id, outputs: names, binary: asBytes }: InferRequest,
    outputs: Tensors,
  ): EncodedResponse {
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
        json += `"data":${writeData(output)}}`;
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

function writeData(output: TensorValue): string {
  const { datatype, data } = output;
  if (Array.isArray(data)) return JSON.stringify(data);
  if (datatype === "BOOL") return JSON.stringify(Array.from(data, Boolean));
  // All digits of 64-bit integers are written: JSON itself has no limit.
  return writeNumbers(output);
}
