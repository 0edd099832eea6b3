const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;

/**
 * Replaces the values of one repeated field of a protobuf message; all other bytes stay as they are. The message must have
 * been read before, so that it is known to be well-formed.
 */
export function changeFields(message: Buffer, field: number, change: (value: Buffer) => Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < message.length;) {
    const start = at;
    const tag = readVarint(message, at);
    const wireType = tag.value % 8;
    const valueStart = wireType === BYTES ? readVarint(message, tag.end) : { value: 0, end: tag.end };
    at = endOf(message, wireType, tag.end, valueStart);
    const isChanged = Math.floor(tag.value / 8) === field && wireType === BYTES;
    parts.push(
      isChanged ? bytesField(field, change(message.subarray(valueStart.end, at))) : message.subarray(start, at),
    );
  }
  return Buffer.concat(parts);
}

function endOf(message: Buffer, wireType: number, start: number, length: { value: number; end: number }): number {
  if (wireType === VARINT) return readVarint(message, start).end;
  if (wireType === BYTES) return length.end + length.value;
  return start + (wireType === FIXED_64 ? 8 : 4);
}

function readVarint(message: Buffer, start: number): { value: number; end: number } {
  let value = 0;
  for (let at = start; ; at++) {
    const byte = message[at] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * (at - start));
    if (byte < 0x80) return { value, end: at + 1 };
  }
}

export function textField(field: number, text: string): Buffer {
  return bytesField(field, Buffer.from(text));
}

export function bytesField(field: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint(field * 8 + BYTES), varint(bytes.length), bytes]);
}

export function numberField(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}
