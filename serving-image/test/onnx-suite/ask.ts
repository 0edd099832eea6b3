import { status } from "@grpc/grpc-js";
import { postBinary } from "../support/binary";
import { post } from "../support/client";
import { GrpcClient } from "../support/grpc-client";
import { bytesOfNumbers, bytesOfTexts, numbersOf, type SuiteTensor, textsOfBytes } from "./tensor";

export const FORMATS = ["JSON", "binary", "gRPC"] as const;
export type Format = (typeof FORMATS)[number];

type Tensors = ReadonlyMap<string, SuiteTensor>;

/** Outputs, or why there are none. */
export type Answer = { readonly outputs: Tensors } | { readonly refusal: string; readonly isServerError: boolean };

/** 16 digits or more outside a string: JSON.parse would round such an integer. */
const LONG_INTEGER = /"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/** Asks one server, in every format of the protocol. */
export class SuiteClient {
  private readonly grpc: GrpcClient;

  constructor(
    private readonly url: string,
    grpcPort: number,
  ) {
    this.grpc = new GrpcClient(grpcPort);
  }

  close(): void {
    this.grpc.close();
  }

  /** Loads a model from the repository; resolves with the reason if the server refuses it. */
  async load(model: string): Promise<{ readonly refusal?: string; readonly isServerError: boolean }> {
    const response = await post(`${this.url}/v2/repository/models/${model}/load`, {});
    const text = await response.text();
    return response.ok
      ? { isServerError: false }
      : { refusal: JSON.parse(text).error, isServerError: response.status >= 500 };
  }

  async unload(model: string): Promise<void> {
    await (await post(`${this.url}/v2/repository/models/${model}/unload`, {})).text();
  }

  ask(format: Format, model: string, inputs: Tensors): Promise<Answer> {
    if (format === "gRPC") return this.askGrpc(model, inputs);
    return format === "JSON" ? this.askJson(model, inputs) : this.askBinary(model, inputs);
  }

  private async askJson(model: string, inputs: Tensors): Promise<Answer> {
    const parts = [...inputs].map(
      ([name, tensor]) => `{${JSON.stringify({ name, ...headOf(tensor) }).slice(1, -1)},"data":[${jsonData(tensor)}]}`,
    );
    const response = await post(this.inferUrl(model), `{"inputs":[${parts.join(",")}]}`);
    const text = await response.text();
    if (!response.ok) return refused(text, response.status);
    const exact = text.replace(LONG_INTEGER, (match) => (match.startsWith('"') ? match : `"${match}"`));
    const outputs: readonly { name: string; datatype: string; shape: number[]; data: unknown[] }[] =
      JSON.parse(exact).outputs;
    return {
      outputs: new Map(
        outputs.map(({ name, datatype, shape, data }) => [
          name,
          { datatype, shape, content: datatype === "BYTES" ? data.map(String) : bytesOfNumbers(datatype, data) },
        ]),
      ),
    };
  }

  private async askBinary(model: string, inputs: Tensors): Promise<Answer> {
    const contents = [...inputs.values()].map(bytesOf);
    const heads = [...inputs].map(([name, tensor], i) => {
      return { name, ...headOf(tensor), parameters: { binary_data_size: contents[i]?.length } };
    });
    const request = JSON.stringify({ inputs: heads, parameters: { binary_data_output: true } });
    const answer = await postBinary(this.inferUrl(model), request, contents);
    if (answer.status !== 200) return refused(answer.json, answer.status);
    const outputs = [...answer.outputs.values()].map(({ name, datatype, shape, bytes }): [string, SuiteTensor] => [
      name,
      tensorFrom(datatype, shape, bytes ?? Buffer.alloc(0)),
    ]);
    return { outputs: new Map(outputs) };
  }

  private async askGrpc(model: string, inputs: Tensors): Promise<Answer> {
    const reply = await this.grpc.infer({
      model_name: model,
      inputs: [...inputs].map(([name, tensor]) => ({ name, ...headOf(tensor) })),
      raw_input_contents: [...inputs.values()].map(bytesOf),
    });
    if (reply.code !== status.OK) {
      const isServerError = reply.code === status.UNKNOWN || reply.code === status.UNAVAILABLE;
      return { refusal: reply.details, isServerError };
    }
    const { outputs = [], raw_output_contents: contents = [] } = reply.answer as {
      outputs?: readonly { name: string; datatype: string; shape?: readonly string[] }[];
      raw_output_contents?: readonly Buffer[];
    };
    return {
      outputs: new Map(
        outputs.map(({ name, datatype, shape = [] }, i) => [
          name,
          tensorFrom(datatype, shape.map(Number), contents[i] ?? Buffer.alloc(0)),
        ]),
      ),
    };
  }

  private inferUrl(model: string): string {
    return `${this.url}/v2/models/${model}/infer`;
  }
}

function refused(json: string, code: number): Answer {
  return { refusal: JSON.parse(json).error, isServerError: code >= 500 };
}

function headOf({ datatype, shape }: SuiteTensor): { datatype: string; shape: readonly number[] } {
  return { datatype, shape };
}

function bytesOf({ content }: SuiteTensor): Buffer {
  return Buffer.isBuffer(content) ? content : bytesOfTexts(content);
}

function tensorFrom(datatype: string, shape: readonly number[], bytes: Buffer): SuiteTensor {
  return { datatype, shape, content: datatype === "BYTES" ? textsOfBytes(bytes) : bytes };
}

/** Elements as JSON: −0 keeps its sign, and numbers that are not finite are strings. */
function jsonData({ datatype, content }: SuiteTensor): string {
  if (!Buffer.isBuffer(content)) return content.map((text) => JSON.stringify(text)).join(",");
  return numbersOf(datatype, content)
    .map((value) => {
      if (Object.is(value, -0)) return "-0";
      return typeof value === "number" && !Number.isFinite(value) ? `"${value}"` : String(value);
    })
    .join(",");
}
