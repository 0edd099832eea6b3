import type { OperatorCall, Rule } from "./operator-call";
import { rowsOf, type RowsValue, type RowValue } from "./row-value";
import { freshSize, ONE, type Size } from "./size";

const ALL_ROWS = "combines all rows of the batch";

/** Removes axes, or leaves them with size 1. */
function reduced({ axis, shape }: RowsValue, axes: readonly number[], isKept: boolean): RowValue {
  if (isKept)
    return rowsOf(
      axis,
      shape?.map((size, i) => (axes.includes(i) ? ONE : size)),
    );
  const left = shape?.filter((_, i) => !axes.includes(i));
  return rowsOf(axis - axes.filter((one) => one < axis).length, left);
}

const reduce: Rule = (call) => {
  const rows = call.onlyRows(0);
  const axes = call.integers("axes", 1)?.map((one) => call.axisOf(one, rows.shape)) ?? [];
  if (axes.length === 0) {
    if (call.integer("noop_with_empty_axes", 0) === 1) return rows;
    throw call.coupled(ALL_ROWS);
  }
  if (axes.includes(rows.axis)) throw call.coupled(ALL_ROWS);
  return reduced(rows, axes, call.integer("keepdims", 1) !== 0);
};

const argument: Rule = (call) => {
  const rows = call.onlyRows(0);
  const axis = call.axisOf(call.integer("axis", 0), rows.shape);
  if (axis === rows.axis) throw call.coupled(ALL_ROWS);
  return reduced(rows, [axis], call.integer("keepdims", 1) !== 0);
};

/** Before operator set 13 it treats all dimensions from the axis on as one. */
const softmax: Rule = (call) => {
  const rows = call.onlyRows(0);
  const axis = call.axisOf(call.integer("axis", call.opset >= 13 ? -1 : 1), rows.shape);
  if (call.opset >= 13 ? axis === rows.axis : axis <= rows.axis) throw call.coupled(ALL_ROWS);
  return rows;
};

const alongAxis =
  (fallback: number): Rule =>
  (call) => {
    const rows = call.onlyRows(0);
    if (call.axisOf(call.integer("axis", fallback), rows.shape) === rows.axis) throw call.coupled(ALL_ROWS);
    return rows;
  };

const cumulative: Rule = (call) => {
  const rows = call.onlyRows(0);
  const [given = 0] = call.numbers(1);
  if (call.axisOf(given, rows.shape) === rows.axis) throw call.coupled(ALL_ROWS);
  return rows;
};

const topK: Rule = (call) => {
  const rows = call.onlyRows(0);
  const axis = call.axisOf(call.integer("axis", -1), rows.shape);
  if (axis === rows.axis) throw call.coupled(ALL_ROWS);
  return rowsOf(
    rows.axis,
    rows.shape?.map((size, i) => (i === axis ? freshSize() : size)),
  );
};

/** Normalizes over the last dimensions; scale and bias have the shape of those. */
const layerNormalization: Rule = (call) => {
  const rows = call.onlyRows(0);
  const axis = call.axisOf(call.integer("axis", -1), rows.shape);
  const rank = call.shapeOf(rows.shape).length;
  if (axis <= rows.axis) throw call.coupled(ALL_ROWS);
  for (const index of [1, 2]) {
    const scale = call.constant(index).shape;
    if (call.has(index) && call.shapeOf(scale).length > rank - axis) {
      throw call.unknown("may treat rows differently by their position in the batch");
    }
  }
  return [rows, reducedTail(rows, axis), reducedTail(rows, axis)];
};

function reducedTail({ axis, shape }: RowsValue, from: number): RowValue {
  return rowsOf(
    axis,
    shape?.map((size: Size, i) => (i >= from ? ONE : size)),
  );
}

const meanVariance: Rule = (call) => {
  const rows = call.onlyRows(0);
  const axes = call.attribute("axes")?.integers ?? [0, 2, 3];
  if (axes.some((one) => call.axisOf(one, rows.shape) === rows.axis)) throw call.coupled(ALL_ROWS);
  return rows;
};

const REDUCTIONS = "L1 L2 LogSum LogSumExp Max Mean Min Prod Sum SumSquare".split(" ");

const whole =
  (reason: string, isPrecision = false) =>
  (call: OperatorCall): never => {
    throw call.coupled(reason, isPrecision);
  };

export const REDUCING: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(REDUCTIONS.map((name) => [`Reduce${name}`, reduce])),
  ArgMax: argument,
  ArgMin: argument,
  Softmax: softmax,
  LogSoftmax: softmax,
  Hardmax: softmax,
  LpNormalization: alongAxis(-1),
  CumSum: cumulative,
  CumProd: cumulative,
  TopK: topK,
  LayerNormalization: layerNormalization,
  SimplifiedLayerNormalization: layerNormalization,
  RMSNormalization: layerNormalization,
  MeanVarianceNormalization: meanVariance,
  DynamicQuantizeLinear: whole("takes its scale from all rows of the batch", true),
  "com.microsoft.DynamicQuantizeMatMul": whole("takes its scale from all rows of the batch", true),
  "com.microsoft.DynamicQuantizeLSTM": whole("takes its scale from all rows of the batch", true),
  NonZero: whole("returns as many elements as all rows together have"),
  Compress: whole("selects from all rows of the batch"),
  Unique: whole("compares all rows of the batch"),
  NonMaxSuppression: whole("selects from all rows of the batch"),
  StringSplit: whole("pads each row to the longest one of the batch"),
  "com.microsoft.Tokenizer": whole("pads each row to the longest one of the batch"),
};
