import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** The bytes are not a protobuf message of the expected kind. */
export class MalformedModelError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "MalformedModelError";
  }
}

/** How a field is encoded. Groups, which no ONNX file has, are refused. */
const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;
const FIXED_32 = 5;
const WIRE_TYPES: readonly number[] = [VARINT, FIXED_64, BYTES, FIXED_32];

const CHUNK_BYTES = 2 ** 16;
/** Longer text is not the name of anything. */
const TEXT_LIMIT_BYTES = 2 ** 20;
/** Subgraphs in subgraphs, and sequences of sequences. */
const DEPTH_LIMIT = 100;

/** Reads a file of the given path, and closes it afterwards. */
export function readWireFile<T>(path: string, read: (reader: WireReader) => T): T {
  const file = openSync(path, "r");
  try {
    return read(new WireReader(file, fstatSync(file).size));
  } finally {
    closeSync(file);
  }
}

/**
 * Reads protobuf messages from a file, in chunks. What is skipped is not read: a model of several gigabytes costs no more
 * memory than its graph.
 */
export class WireReader {
  private chunk = Buffer.alloc(CHUNK_BYTES);
  /** Where the chunk starts in the file, and how many of its bytes are valid. */
  private chunkStart = 0;
  private chunkLength = 0;
  private position = 0;
  private end: number;
  private depth = 0;
  private wireType = BYTES;

  constructor(
    private readonly file: number,
    size: number,
  ) {
    this.end = size;
  }

  /** Reads the fields of the current message. The callback must read or skip the value of each. */
  fields(read: (field: number) => void): void {
    while (this.position < this.end) {
      const tag = this.varint();
      const field = Math.floor(tag / 8);
      this.wireType = tag % 8;
      if (field === 0 || !WIRE_TYPES.includes(this.wireType)) throw this.malformed("it has an invalid field");
      read(field);
    }
  }

  /** Reads the message that is the value of the current field. */
  message(read: (field: number) => void): void {
    const length = this.length();
    if (++this.depth > DEPTH_LIMIT)
      throw this.malformed(`its messages are nested more than ${DEPTH_LIMIT} levels deep`);
    const outer = this.end;
    this.end = this.position + length;
    this.fields(read);
    this.end = outer;
    this.depth--;
  }

  text(): string {
    const length = this.length();
    if (length > TEXT_LIMIT_BYTES) throw this.malformed(`it has a name of ${length} bytes`);
    const start = this.buffered(length);
    this.position += length;
    return this.chunk.toString("utf8", start, start + length);
  }

  integer(): number {
    this.expect(VARINT);
    return this.signedVarint();
  }

  float(): number {
    this.expect(FIXED_32);
    return this.fixed(4).getFloat32(0, true);
  }

  /** Adds integers of 64 bits to a list, packed or not, until the list is longer than the limit. */
  integers(list: number[], limit: number): void {
    if (this.wireType === VARINT) {
      const value = this.integer();
      if (list.length <= limit) list.push(value);
      return;
    }
    const length = this.length();
    const end = this.position + length;
    while (this.position < end && list.length <= limit) list.push(this.signedVarint());
    this.position = end;
  }

  /** The same for floats of 32 bits. */
  floats(list: number[], limit: number): void {
    if (this.wireType === FIXED_32) {
      const value = this.float();
      if (list.length <= limit) list.push(value);
      return;
    }
    const length = this.length();
    const end = this.position + length;
    while (this.position + 4 <= end && list.length <= limit) list.push(this.fixed(4).getFloat32(0, true));
    this.position = end;
  }

  /** The value of the current field as bytes; undefined if there are more than the limit. */
  bytes(limit: number): Buffer | undefined {
    const length = this.length();
    const start = length > limit ? undefined : this.buffered(length);
    this.position += length;
    return start === undefined ? undefined : Buffer.from(this.chunk.subarray(start, start + length));
  }

  /** Skips the value of the current field; returns its length in bytes. */
  skip(): number {
    const start = this.position;
    if (this.wireType === VARINT) {
      this.varint();
      return this.position - start;
    }
    const length = this.wireType === BYTES ? this.length() : this.wireType === FIXED_64 ? 8 : 4;
    if (this.position + length > this.end) throw this.malformed("it ends in the middle of a value");
    this.position += length;
    return length;
  }

  malformed(reason: string): MalformedModelError {
    return new MalformedModelError(`${reason} (at byte ${this.position})`);
  }

  private expect(wireType: number): void {
    if (this.wireType !== wireType) throw this.malformed("a field does not have the type that ONNX gives it");
  }

  /** The length of a value, which must end where the message ends or before. */
  private length(): number {
    this.expect(BYTES);
    const length = this.varint();
    if (length > this.end - this.position) throw this.malformed("it ends in the middle of a value");
    return length;
  }

  /** An unsigned number. Above 2^53 it is rounded, which no field number or length needs. */
  private varint(): number {
    const { value, isComplete } = this.shortVarint();
    return isComplete ? value : Number(this.longVarint(value));
  }

  private signedVarint(): number {
    const { value, isComplete } = this.shortVarint();
    return isComplete ? value : Number(BigInt.asIntN(64, this.longVarint(value)));
  }

  /** The first 28 bits, which most numbers fit into. */
  private shortVarint(): { value: number; isComplete: boolean } {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return { value, isComplete: true };
    }
    return { value, isComplete: false };
  }

  private longVarint(low: number): bigint {
    let value = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw this.malformed("it has a number of more than 64 bits");
  }

  private byte(): number {
    const at = this.buffered(1);
    this.position++;
    return this.chunk[at] ?? 0;
  }

  private fixed(length: number): DataView {
    const start = this.buffered(length);
    this.position += length;
    return new DataView(this.chunk.buffer, this.chunk.byteOffset + start, length);
  }

  /** Reads the next bytes into the chunk; returns where they start in it. */
  private buffered(length: number): number {
    if (this.position + length > this.end) throw this.malformed("it ends in the middle of a value");
    const isThere = this.position >= this.chunkStart && this.position + length <= this.chunkStart + this.chunkLength;
    if (!isThere) this.fill(length);
    return this.position - this.chunkStart;
  }

  private fill(length: number): void {
    if (length > this.chunk.length) this.chunk = Buffer.alloc(length);
    this.chunkStart = this.position;
    this.chunkLength = 0;
    while (this.chunkLength < length) {
      const { chunk, chunkLength } = this;
      const read = readSync(this.file, chunk, chunkLength, chunk.length - chunkLength, this.chunkStart + chunkLength);
      if (read === 0) throw this.malformed("it ends in the middle of a value");
      this.chunkLength += read;
    }
  }
}
