import { broadcastRows, broadcastShapes } from "./elementwise";
import { OperatorCall, type Rule } from "./operator-call";
import { constantOf, rowsOf, type RowValue } from "./row-value";
import { isNumber, ONE, type Size } from "./size";

const MIXED = "multiplies rows with each other";
const SUMMED = "sums over the rows of the batch";
const BY_POSITION = "treats rows differently by their position in the batch";

/** An operand with at least two dimensions. */
interface Matrix {
  readonly shape: readonly Size[];
  /** The dimension of the rows counted from the end: 1 is the last one. Undefined for a constant. */
  readonly place: number | undefined;
  readonly wasVector: boolean;
}

function matrixOf(call: OperatorCall, index: number, isLeft: boolean): Matrix {
  const value = call.inputs[index];
  const shape = call.shapeOf(value && "shape" in value ? value.shape : undefined);
  const wasVector = shape.length === 1;
  const full = !wasVector ? shape : isLeft ? [ONE, ...shape] : [...shape, ONE];
  // Only a vector on the right gains a dimension after the one that it has.
  const place = value?.kind === "rows" ? shape.length - value.axis + (wasVector && !isLeft ? 1 : 0) : undefined;
  return { shape: full, place, wasVector };
}

function transposed(matrix: Matrix): Matrix {
  const [rows = ONE, columns = ONE] = matrix.shape.slice(-2);
  const place = matrix.place === 1 ? 2 : matrix.place === 2 ? 1 : matrix.place;
  return { ...matrix, shape: [...matrix.shape.slice(0, -2), columns, rows], place };
}

/** Multiplies the last two dimensions; those before them are broadcast. */
function multiply(call: OperatorCall, left: Matrix, right: Matrix): RowValue {
  if (left.place === 1 || right.place === 2) throw call.coupled(SUMMED);
  if (left.place !== undefined && right.place !== undefined && (left.place !== right.place || left.place < 3)) {
    throw call.coupled(MIXED);
  }
  const place = left.place ?? right.place;
  for (const { place: own, shape } of [left, right]) {
    const isBroadcast = own === undefined && place !== undefined && place >= 3 && shape.length >= place;
    if (isBroadcast && !isNumber(shape.at(-place), 1)) throw call.coupled(BY_POSITION);
  }
  const batch = broadcastShapes([left.shape.slice(0, -2), right.shape.slice(0, -2)]) ?? [];
  const shape = [
    ...batch,
    ...(left.wasVector ? [] : left.shape.slice(-2, -1)),
    ...(right.wasVector ? [] : right.shape.slice(-1)),
  ];
  if (place === undefined) return constantOf(shape);
  const removed = (right.wasVector && place >= 2 ? 1 : 0) + (left.wasVector && place >= 3 ? 1 : 0);
  return rowsOf(shape.length - place + removed, shape);
}

/** The two matrices are at these positions. All other inputs are constant. */
const matMul =
  (first: number, second: number): Rule =>
  (call) => {
    call.inputs.forEach((_, i) => i === first || i === second || call.constant(i));
    if (call.integer("transBatchA", 0) !== 0 || call.integer("transBatchB", 0) !== 0)
      throw call.unknown("may mix rows");
    const [left, right] = [matrixOf(call, first, true), matrixOf(call, second, false)];
    return multiply(
      call,
      call.integer("transA", 0) === 0 ? left : transposed(left),
      call.integer("transB", 0) === 0 ? right : transposed(right),
    );
  };

const gemm: Rule = (call) => {
  const product = matMul(0, 1)(new OperatorCall(call.node, call.inputs.slice(0, 2), call.opset)) as RowValue;
  return call.has(2) ? broadcastRows(call, [product, call.inputs[2]]) : product;
};

/** Weights of a few bits: their shape is in the attributes. */
const packedWeights: Rule = (call) => {
  const { axis, shape } = call.onlyRows(0);
  const known = call.shapeOf(shape);
  if (axis === known.length - 1) throw call.coupled(SUMMED);
  return rowsOf(axis, [...known.slice(0, -1), { factor: call.integer("N", 0), symbols: [] }]);
};

const einsum: Rule = (call) => {
  const [left = "", output] = call.text("equation", "").replaceAll(" ", "").split("->");
  if (output === undefined || left.includes(".")) throw call.unknown("has an equation that is not read");
  const terms = left.split(",");
  const labels = call.inputs.flatMap((input, i) => (input?.kind === "rows" ? [terms[i]?.[input.axis] ?? ""] : []));
  const [label = ""] = labels;
  const isInConstant = call.inputs.some((input, i) => input?.kind === "constant" && terms[i]?.includes(label));
  const occurrences = terms.map((term) => [...term].filter((one) => one === label).length);
  const isRepeated =
    occurrences.some((count) => count > 1) || occurrences.filter((count) => count > 0).length > labels.length;
  if (labels.some((one) => one !== label) || isRepeated) throw call.coupled(MIXED);
  if (isInConstant) throw call.coupled(BY_POSITION);
  if (!output.includes(label)) throw call.coupled(SUMMED);
  const sizes = new Map<string, Size>();
  call.inputs.forEach((input, i) => {
    const shape = input && "shape" in input ? call.shapeOf(input.shape) : [];
    shape.forEach((size, at) => {
      const name = terms[i]?.[at] ?? "";
      if (!isNumber(size, 1) || !sizes.has(name)) sizes.set(name, size);
    });
  });
  return rowsOf(
    output.indexOf(label),
    [...output].map((one) => sizes.get(one) ?? ONE),
  );
};

export const MATRICES: Readonly<Record<string, Rule>> = {
  MatMul: matMul(0, 1),
  MatMulInteger: matMul(0, 1),
  QLinearMatMul: matMul(0, 3),
  Gemm: gemm,
  Einsum: einsum,
  "com.microsoft.FusedMatMul": matMul(0, 1),
  "com.microsoft.FusedMatMulActivation": matMul(0, 1),
  "com.microsoft.FusedGemm": gemm,
  "com.microsoft.MatMulIntegerToFloat": matMul(0, 1),
  "com.microsoft.MatMulNBits": packedWeights,
};
