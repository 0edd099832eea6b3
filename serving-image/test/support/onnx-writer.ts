import { writeFileSync } from "node:fs";

/** Element types of ONNX, by the names of the protocol. */
export const ELEMENT_TYPES = { FP32: 1, UINT8: 2, INT8: 3, INT32: 6, INT64: 7, BYTES: 8, BOOL: 9, FP64: 11 } as const;
export type ElementType = keyof typeof ELEMENT_TYPES;

/** A message of protobuf: its fields by number. A list is a repeated field, a nested object is a message. */
export interface Message {
  readonly [field: number]: Value | readonly Value[];
}
/** A whole number, a float in a wrapper of its own, a text, bytes, or a message. */
type Value = number | { readonly float: number } | string | Buffer | Message;

/** Encodes a message as protobuf. */
export function encode(message: Message): Buffer {
  const parts: Buffer[] = [];
  for (const [field, value] of Object.entries(message) as [string, Value | readonly Value[]][]) {
    for (const one of Array.isArray(value) ? (value as readonly Value[]) : [value as Value]) {
      parts.push(encodeField(Number(field), one));
    }
  }
  return Buffer.concat(parts);
}

function encodeField(field: number, value: Value): Buffer {
  if (typeof value === "number") return Buffer.concat([varint(field * 8), varint(value)]);
  if (typeof value === "object" && !Buffer.isBuffer(value) && "float" in value) {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value.float);
    return Buffer.concat([varint(field * 8 + 5), bytes]);
  }
  const bytes = typeof value === "string" ? Buffer.from(value) : Buffer.isBuffer(value) ? value : encode(value);
  return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
}

export function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

type AttributeValue =
  | number
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly texts: readonly string[] }
  | string
  | readonly number[]
  | Message;

/** A node. An attribute is a whole number, `{ float }`, `{ floats }`, `{ texts }`, a text, a list of whole numbers, or a graph. */
export function node(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, AttributeValue>> = {},
  domain = "",
): Message {
  const name = `${operator}_${outputs[0] ?? ""}`;
  const encoded = Object.entries(attributes).map(([key, value]) => attribute(key, value));
  return { 1: [...inputs], 2: [...outputs], 3: name, 4: operator, 5: encoded, 7: domain };
}

function attribute(name: string, value: AttributeValue): Message {
  if (typeof value === "number") return { 1: name, 3: value, 20: 2 };
  if (typeof value === "string") return { 1: name, 4: value, 20: 3 };
  if (Array.isArray(value)) return { 1: name, 8: value as number[], 20: 7 };
  if ("texts" in value) return { 1: name, 9: [...(value.texts as string[])], 20: 8 };
  if ("floats" in value) return { 1: name, 7: (value.floats as number[]).map((float) => ({ float })), 20: 6 };
  if ("float" in value) return { 1: name, 2: value as { float: number }, 20: 1 };
  return { 1: name, 6: value as Message, 20: 5 };
}

/** A tensor of constants. */
export function constant(name: string, type: ElementType, shape: readonly number[], data: readonly number[]): Message {
  return { 1: [...shape], 2: ELEMENT_TYPES[type], 8: name, 9: rawBytes(type, data) };
}

function rawBytes(type: ElementType, data: readonly number[]): Buffer {
  switch (type) {
    case "FP32":
      return Buffer.from(Float32Array.from(data).buffer);
    case "FP64":
      return Buffer.from(Float64Array.from(data).buffer);
    case "INT64":
      return Buffer.from(BigInt64Array.from(data, BigInt).buffer);
    case "INT32":
      return Buffer.from(Int32Array.from(data).buffer);
    case "INT8":
      return Buffer.from(Int8Array.from(data).buffer);
    default:
      return Buffer.from(Uint8Array.from(data).buffer);
  }
}

/** An input or output that is a tensor; a text in its shape is a symbolic dimension. */
export function tensorValue(name: string, type: ElementType, shape: readonly (number | string)[]): Message {
  const dimensions = shape.map((size): Message => (typeof size === "number" ? { 1: size } : { 2: size }));
  const tensor: Message = { 1: ELEMENT_TYPES[type], 2: { 1: dimensions } };
  return { 1: name, 2: { 1: tensor } };
}

/** The parts of a graph. */
export interface GraphParts {
  readonly inputs: readonly Message[];
  readonly outputs: readonly Message[];
  readonly nodes: readonly Message[];
  readonly constants?: readonly Message[];
}

export function graph({ inputs, outputs, nodes, constants = [] }: GraphParts): Message {
  return { 1: [...nodes], 2: "graph", 5: [...constants], 11: [...inputs], 12: [...outputs] };
}

/** Operator sets that the tests use, by their domains. */
const OPSETS: readonly Message[] = [
  { 1: "", 2: 17 },
  { 1: "ai.onnx.ml", 2: 3 },
  { 1: "com.microsoft", 2: 1 },
];

/** A model with this graph; more fields of `ModelProto` by their numbers. */
export function model(parts: GraphParts, more: Message = {}): Message {
  return { 1: 8, 2: "tests", 7: graph(parts), 8: [...OPSETS], ...more };
}

export function writeModel(path: string, parts: GraphParts, more?: Message): string {
  writeFileSync(path, encode(model(parts, more)));
  return path;
}
