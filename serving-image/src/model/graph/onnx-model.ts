/** What an ONNX file says about its model, without the bytes of its tensors. */
export interface OnnxModel {
  readonly irVersion: number;
  readonly producer: string;
  /** The version of each operator set, by its domain; `""` is ONNX's own. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly graph: OnnxGraph;
  /** Operators that the file itself defines. */
  readonly functions: readonly OnnxFunction[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Every tensor of which the bytes are in another file, wherever in the model it is. */
  readonly externalTensors: readonly ExternalTensor[];
}

export interface OnnxGraph {
  readonly name: string;
  /** May include initializers, as in files of IR version 3. */
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** What the file declares about values between the nodes. */
  readonly values: readonly OnnxValue[];
  readonly initializers: readonly OnnxTensor[];
  /** In topological order. */
  readonly nodes: readonly OnnxNode[];
}

export interface OnnxFunction {
  readonly domain: string;
  readonly name: string;
  readonly overload: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly OnnxNode[];
  readonly opsets: ReadonlyMap<string, number>;
}

export interface OnnxNode {
  readonly name: string;
  readonly operator: string;
  readonly domain: string;
  readonly overload: string;
  /** An empty name stands for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

/** The value of an attribute. Lists that are longer than `LIST_LIMIT` are left out, and so are floats in lists. */
export interface OnnxAttribute {
  readonly integer?: number;
  readonly float?: number;
  readonly text?: string;
  readonly integers?: readonly number[];
  readonly texts?: readonly string[];
  readonly tensor?: OnnxTensor;
  readonly graphs: readonly OnnxGraph[];
  /** The attribute of the enclosing function that it refers to. */
  readonly reference?: string;
}

/** The longest list of an attribute, and the most elements of a tensor, that are kept. */
export const LIST_LIMIT = 4096;

export interface OnnxTensor {
  readonly name: string;
  /** A number of `TensorProto.DataType`. */
  readonly elementType: number;
  readonly shape: readonly number[];
  /** The elements of a small tensor of INT64, INT32 or FP32. */
  readonly numbers?: readonly number[];
  /** Where its bytes are, if not in the file itself. */
  readonly external?: ExternalTensor;
}

/** A tensor of which the bytes are in another file. */
export interface ExternalTensor {
  readonly name: string;
  /** As the file says it: usually a path relative to the folder of the model. */
  readonly location: string;
  readonly offset: number;
  /** Undefined: up to the end of the file. */
  readonly length?: number;
}

type ValueKind = "tensor" | "sparse tensor" | "sequence" | "map" | "optional" | "unknown";

/** An input, an output, or a value between nodes. */
export interface OnnxValue {
  readonly name: string;
  readonly type: OnnxType;
}

export interface OnnxType {
  readonly kind: ValueKind;
  /** Of a tensor: a number of `TensorProto.DataType`. Of a map: that of its keys. */
  readonly elementType?: number;
  /** Of a tensor whose rank is known. A name stands for a symbolic dimension, undefined for an unknown one. */
  readonly shape?: readonly Dimension[];
  /** Of the elements of a sequence, the values of a map or the value of an optional. */
  readonly of?: OnnxType;
}

export type Dimension = number | string | undefined;
