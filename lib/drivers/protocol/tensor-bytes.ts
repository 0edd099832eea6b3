import { ELEMENT_BYTES, isDatatype, type Element, type Tensor } from "./tensor";

/** The elements as bytes: little-endian, row by row, each text after its length in four bytes. */
export function tensorBytes({ datatype, elements }: Pick<Tensor, "datatype" | "elements">): Buffer {
  return Buffer.concat(elements.map((element) => elementBytes(datatype, element)));
}

function elementBytes(datatype: string, element: Element): Buffer {
  if (datatype === "BYTES") {
    const text = Buffer.from(String(element));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(text.length);
    return Buffer.concat([length, text]);
  }
  if (!isDatatype(datatype)) throw new Error(`There is no datatype ${datatype}.`);
  const bytes = Buffer.alloc(ELEMENT_BYTES[datatype]);
  if (typeof element === "bigint") bytes.writeBigUInt64LE(BigInt.asUintN(64, element));
  else if (datatype === "FP64") bytes.writeDoubleLE(Number(element));
  else if (datatype === "FP32") bytes.writeFloatLE(Number(element));
  else if (datatype === "FP16") bytes.writeUInt16LE(halfBits(Number(element)));
  // The upper half of a 32-bit float.
  else if (datatype === "BF16") bytes.writeUInt16LE(floatBits(Number(element)) >>> 16);
  else
    bytes.writeUIntLE(
      Number(element) < 0 ? Number(element) + 2 ** (8 * bytes.length) : Number(element),
      0,
      bytes.length,
    );
  return bytes;
}

/** Reads elements from bytes; undefined if the last element is incomplete. */
export function readElements(datatype: string, bytes: Buffer): Element[] | undefined {
  if (datatype === "BYTES") return readTexts(bytes);
  if (!isDatatype(datatype)) return undefined;
  const size = ELEMENT_BYTES[datatype];
  if (bytes.length % size !== 0) return undefined;
  return Array.from({ length: bytes.length / size }, (_, at) => readElement(datatype, bytes, at * size));
}

function readElement(datatype: string, bytes: Buffer, at: number): Element {
  switch (datatype) {
    case "BOOL":
      return bytes[at] !== 0;
    case "UINT64":
      return bytes.readBigUInt64LE(at);
    case "INT64":
      return bytes.readBigInt64LE(at);
    case "FP64":
      return bytes.readDoubleLE(at);
    case "FP32":
      return bytes.readFloatLE(at);
    case "FP16":
      return halfValue(bytes.readUInt16LE(at));
    case "BF16":
      return floatOf(bytes.readUInt16LE(at) << 16);
    default: {
      const size = ELEMENT_BYTES[datatype as keyof typeof ELEMENT_BYTES];
      return datatype.startsWith("U") ? bytes.readUIntLE(at, size) : bytes.readIntLE(at, size);
    }
  }
}

function readTexts(bytes: Buffer): string[] | undefined {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + 4 > bytes.length) return undefined;
    const end = at + 4 + bytes.readUInt32LE(at);
    if (end > bytes.length) return undefined;
    texts.push(bytes.toString("utf8", at + 4, end));
    at = end;
  }
  return texts;
}

/** The bits of a 16-bit float, for values that it represents exactly. */
function halfBits(value: number): number {
  if (value === 0) return 0;
  const exponent = Math.floor(Math.log2(value));
  return ((exponent + 15) << 10) | Math.round((value / 2 ** exponent - 1) * 1024);
}

function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

function floatBits(value: number): number {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes.readUInt32LE();
}

function floatOf(bits: number): number {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(bits | 0);
  return bytes.readFloatLE();
}
