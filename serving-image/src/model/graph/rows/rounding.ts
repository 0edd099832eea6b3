import type { OperatorCall } from "./operator-call";
import type { RowsValue } from "./row-value";
import { divide, numberOf, productOf, ROWS_SIZE } from "./size";

/**
 * Operators that the runtime computes for one row by another kernel than for several, which differs in the last bits. Rows
 * that were made up may not show it: a kernel regression is constant far from its support vectors.
 */
const BY_COUNT = [
  "Einsum",
  "RNN",
  ..."LinearClassifier LinearRegressor SVMClassifier SVMRegressor".split(" ").map((name) => `ai.onnx.ml.${name}`),
];

/**
 * Operators that the runtime computes four elements at a time up to the last one to three, for which it has other
 * instructions. So the last bits depend on the place of an element, unless each row starts at a multiple of four.
 */
const BY_PLACE = [
  "Acos Asin Atan Celu Cos Elu InstanceNormalization Log LRN MeanVarianceNormalization",
  "ReduceMean ReduceSum Selu Sin Softplus",
].flatMap((names) => names.split(" "));
const ELEMENTS_AT_ONCE = 4;

/** Why the same row may have another last bit in a run of several rows; undefined if nothing is known of that. */
export function roundingOf(call: OperatorCall): string | undefined {
  const { operator, domain, name, outputs } = call.node;
  const input = call.inputs.find((one) => one?.kind === "rows");
  if (input?.kind !== "rows") return undefined;
  const where = `${operator} "${name || (outputs[0] ?? "")}"`;
  const key = domain === "" ? operator : `${domain}.${operator}`;
  if (BY_COUNT.includes(key) || sumsAcross(call, input)) return `${where} rounds a single row otherwise than several`;
  if (BY_PLACE.includes(key) && !startsAligned(input)) return `${where} rounds a row by its place in the batch`;
  return undefined;
}

/** Sums over another dimension than the last: of one row, the runtime adds in another order. */
function sumsAcross(call: OperatorCall, { shape }: RowsValue): boolean {
  if (call.node.domain !== "" || !["ReduceMean", "ReduceSum"].includes(call.node.operator)) return false;
  const axes = call.integers("axes", 1)?.map((axis) => call.axisOf(axis, shape)) ?? [];
  return axes.length > 0 && !axes.includes(call.shapeOf(shape).length - 1);
}

function startsAligned({ axis, shape }: RowsValue): boolean {
  if (!shape) return false;
  const rowSize = divide(productOf(shape.slice(axis)), ROWS_SIZE);
  // An open dimension may be any number, but the elements of each of its entries are still a multiple.
  return rowSize !== undefined && (numberOf(rowSize) ?? rowSize.factor) % ELEMENTS_AT_ONCE === 0;
}
