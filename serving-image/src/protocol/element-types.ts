/**
 * ONNX's element types by their numbers in onnxruntime, which are those of `TensorProto.DataType` except for the last three.
 */
const ELEMENT_TYPES = [
  ...[
    "UNDEFINED",
    "FLOAT",
    "UINT8",
    "INT8",
    "UINT16",
    "INT16",
    "INT32",
    "INT64",
    "STRING",
    "BOOL",
    "FLOAT16",
    "DOUBLE",
  ],
  ...["UINT32", "UINT64", "COMPLEX64", "COMPLEX128", "BFLOAT16", "FLOAT8E4M3FN", "FLOAT8E4M3FNUZ", "FLOAT8E5M2"],
  ...["FLOAT8E5M2FNUZ", "UINT4", "INT4", "FLOAT4E2M1", "UINT2", "INT2", "FLOAT8E8M0"],
];

/** ONNX's name of an element type. */
export function elementTypeName(type: number): string {
  return ELEMENT_TYPES[type] ?? `element type ${type} of onnxruntime`;
}
