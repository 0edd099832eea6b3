import { float16ToNumber, numberToFloat16 } from "../../src/protocol/float16";
import type { SuiteValue } from "./cases";

/** A tensor as it is compared: numbers by their bytes, so that comparing them loses nothing. */
export interface SuiteTensor {
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly content: Buffer | readonly string[];
}

type Element = number | bigint | boolean;

interface NumberFormat {
  readonly size: number;
  read(bytes: Buffer, at: number): Element;
  write(bytes: Buffer, value: Element, at: number): void;
}

/** The numbers of the protocol, as little-endian bytes. */
const FORMATS: Readonly<Record<string, NumberFormat>> = {
  BOOL: {
    size: 1,
    read: (bytes, at) => bytes.readUInt8(at) !== 0,
    write: (bytes, value, at) => bytes.writeUInt8(Number(value), at),
  },
  INT8: { size: 1, read: (b, at) => b.readInt8(at), write: (b, value, at) => b.writeInt8(Number(value), at) },
  UINT8: { size: 1, read: (b, at) => b.readUInt8(at), write: (b, value, at) => b.writeUInt8(Number(value), at) },
  INT16: { size: 2, read: (b, at) => b.readInt16LE(at), write: (b, value, at) => b.writeInt16LE(Number(value), at) },
  UINT16: { size: 2, read: (b, at) => b.readUInt16LE(at), write: (b, value, at) => b.writeUInt16LE(Number(value), at) },
  INT32: { size: 4, read: (b, at) => b.readInt32LE(at), write: (b, value, at) => b.writeInt32LE(Number(value), at) },
  UINT32: { size: 4, read: (b, at) => b.readUInt32LE(at), write: (b, value, at) => b.writeUInt32LE(Number(value), at) },
  INT64: {
    size: 8,
    read: (b, at) => b.readBigInt64LE(at),
    write: (b, value, at) => b.writeBigInt64LE(BigInt(value), at),
  },
  UINT64: {
    size: 8,
    read: (b, at) => b.readBigUInt64LE(at),
    write: (b, value, at) => b.writeBigUInt64LE(BigInt(value), at),
  },
  FP16: {
    size: 2,
    read: (b, at) => float16ToNumber(b.readUInt16LE(at)),
    write: (b, value, at) => b.writeUInt16LE(numberToFloat16(Number(value)), at),
  },
  FP32: { size: 4, read: (b, at) => b.readFloatLE(at), write: (b, value, at) => b.writeFloatLE(Number(value), at) },
  FP64: { size: 8, read: (b, at) => b.readDoubleLE(at), write: (b, value, at) => b.writeDoubleLE(Number(value), at) },
};

function formatOf(datatype: string): NumberFormat {
  const format = FORMATS[datatype];
  if (!format) throw new Error(`${datatype} is not a datatype of numbers.`);
  return format;
}

/** The elements of a tensor of numbers. */
export function numbersOf(datatype: string, bytes: Buffer): Element[] {
  const { size, read } = formatOf(datatype);
  return Array.from({ length: bytes.length / size }, (_, i) => read(bytes, i * size));
}

/** The bytes of numbers. In JSON, numbers that are not finite are strings, and 64-bit integers are read as strings. */
export function bytesOfNumbers(datatype: string, numbers: readonly unknown[]): Buffer {
  const { size, write } = formatOf(datatype);
  const bytes = Buffer.alloc(numbers.length * size);
  numbers.forEach((value, i) => write(bytes, elementOf(datatype, value), i * size));
  return bytes;
}

function elementOf(datatype: string, value: unknown): Element {
  if (typeof value === "boolean") return value;
  return datatype.endsWith("INT64") ? BigInt(String(value)) : Number(value);
}

/** Texts as the binary extension sends them, each after its length. */
export function bytesOfTexts(texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(Buffer.byteLength(text));
      return [length, Buffer.from(text)];
    }),
  );
}

export function textsOfBytes(bytes: Buffer): string[] {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 4 + bytes.readUInt32LE(at);
    texts.push(bytes.toString("utf8", at + 4, end));
    at = end;
  }
  return texts;
}

/** The tensor of a value; undefined if the protocol cannot express it. */
export function tensorOf({ datatype, shape, bytes, texts, items }: SuiteValue): SuiteTensor | undefined {
  if (items) return stack(items);
  if (datatype === undefined || !shape) return undefined;
  return { datatype, shape, content: texts ?? Buffer.from(bytes ?? "", "base64") };
}

/** The server answers a sequence with one tensor whose first dimension counts its elements. */
function stack(items: readonly SuiteValue[]): SuiteTensor | undefined {
  const tensors = items.map(tensorOf);
  const [first] = tensors;
  if (!first || tensors.some((one) => String(one?.shape) !== String(first.shape))) return undefined;
  const contents = tensors.map((one) => one?.content);
  const buffers = contents.filter(Buffer.isBuffer);
  return {
    datatype: first.datatype,
    shape: [items.length, ...first.shape],
    content:
      buffers.length === items.length
        ? Buffer.concat(buffers)
        : contents.flatMap((one) => [...(one ?? [])].map(String)),
  };
}
