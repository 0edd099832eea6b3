import type { Datatype } from "../protocol/datatypes";

/** The messages of `inference.proto` and `health.proto` as they are decoded: every field is set, 64-bit integers are text. */

export type Empty = Readonly<Record<string, never>>;

/** A model, and its version or an empty string. */
export interface ModelRequest {
  readonly name: string;
  readonly version: string;
}

export interface Parameter {
  readonly bool_param?: boolean;
  readonly int64_param?: string;
  readonly string_param?: string;
  readonly double_param?: number;
  readonly uint64_param?: string;
}

export type Parameters = Readonly<Record<string, Parameter>>;

export interface TensorContents {
  readonly bool_contents: readonly boolean[];
  readonly int_contents: readonly number[];
  readonly int64_contents: readonly string[];
  readonly uint_contents: readonly number[];
  readonly uint64_contents: readonly string[];
  readonly fp32_contents: readonly number[];
  readonly fp64_contents: readonly number[];
  readonly bytes_contents: readonly Buffer[];
}

export interface InputTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly string[];
  readonly parameters: Parameters;
  readonly contents: TensorContents | null;
}

export interface RequestedOutput {
  readonly name: string;
  readonly parameters: Parameters;
}

export interface InferMessage {
  readonly model_name: string;
  readonly model_version: string;
  readonly id: string;
  readonly parameters: Parameters;
  readonly inputs: readonly InputTensor[];
  readonly outputs: readonly RequestedOutput[];
  readonly raw_input_contents: readonly Buffer[];
}

export interface InferReply {
  readonly model_name: string;
  readonly model_version: string;
  readonly id: string;
  readonly parameters: {
    readonly prediction_id: { readonly string_param: string };
    readonly cache?: { readonly string_param: string };
  };
  readonly outputs: readonly {
    readonly name: string;
    readonly datatype: Datatype;
    readonly shape: readonly number[];
  }[];
  readonly raw_output_contents: readonly Buffer[];
}

/** The bytes of the tensors of a reply, which are nearly all of a large one. */
export function bytesOfReply({ raw_output_contents: raw = [] }: Partial<InferReply>): number {
  return raw.reduce((sum, { length }) => sum + length, 0);
}

/** A message of a response stream: either a reply or an error. */
export interface StreamReply {
  readonly error_message: string;
  readonly infer_response: InferReply | Pick<InferReply, "id" | "model_name">;
}

export interface IndexRequest {
  readonly ready: boolean;
}

/** For loading and for unloading. */
export interface LoadRequest {
  readonly model_name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface HealthRequest {
  readonly service: string;
}

export interface HealthReply {
  readonly status: "SERVING" | "NOT_SERVING" | "SERVICE_UNKNOWN";
}
