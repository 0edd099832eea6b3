import type { Dimension, OnnxType, OnnxValue } from "./onnx-model";
import type { WireReader } from "./wire-reader";

const UNKNOWN: OnnxType = { kind: "unknown" };

/** Reads an input, an output, or what a file declares about a value. */
export function readValue(reader: WireReader): OnnxValue {
  let name = "";
  let type = UNKNOWN;
  reader.message((field) => {
    if (field === 1) name = reader.text();
    else if (field === 2) type = readType(reader);
    else reader.skip();
  });
  return { name, type };
}

function readType(reader: WireReader): OnnxType {
  let type = UNKNOWN;
  reader.message((field) => {
    if (field === 1) type = readTensorType(reader, "tensor");
    else if (field === 4) type = readContainer(reader, "sequence");
    else if (field === 5) type = readMap(reader);
    else if (field === 8) type = readTensorType(reader, "sparse tensor");
    else if (field === 9) type = readContainer(reader, "optional");
    else reader.skip();
  });
  return type;
}

function readTensorType(reader: WireReader, kind: OnnxType["kind"]): OnnxType {
  let elementType = 0;
  let shape: readonly Dimension[] | undefined;
  reader.message((field) => {
    if (field === 1) elementType = reader.integer();
    else if (field === 2) shape = readShape(reader);
    else reader.skip();
  });
  return { kind, elementType, ...(shape && { shape }) };
}

function readContainer(reader: WireReader, kind: OnnxType["kind"]): OnnxType {
  let of = UNKNOWN;
  reader.message((field) => {
    if (field === 1) of = readType(reader);
    else reader.skip();
  });
  return { kind, of };
}

function readMap(reader: WireReader): OnnxType {
  let elementType = 0;
  let of = UNKNOWN;
  reader.message((field) => {
    if (field === 1) elementType = reader.integer();
    else if (field === 2) of = readType(reader);
    else reader.skip();
  });
  return { kind: "map", elementType, of };
}

function readShape(reader: WireReader): readonly Dimension[] {
  const shape: Dimension[] = [];
  reader.message((field) => {
    if (field === 1) shape.push(readDimension(reader));
    else reader.skip();
  });
  return shape;
}

/** A negative size and an empty name stand for an unknown dimension in files of some exporters. */
function readDimension(reader: WireReader): Dimension {
  let dimension: Dimension;
  reader.message((field) => {
    if (field === 1) dimension = reader.integer();
    else if (field === 2) dimension = reader.text();
    else reader.skip();
  });
  return dimension === "" || (typeof dimension === "number" && dimension < 0) ? undefined : dimension;
}
