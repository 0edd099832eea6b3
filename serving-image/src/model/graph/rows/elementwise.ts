import type { OperatorCall, Rule } from "./operator-call";
import { constantOf, rowsOf, type RowValue } from "./row-value";
import { dependsOnRows, freshSize, isEqual, isNumber, ONE, type Size } from "./size";

/** Each element of the output depends only on the element at the same place. Further inputs, such as bounds, are constant. */
const UNARY = [
  "Abs Acos Acosh Asin Asinh Atan Atanh BitwiseNot Cast Ceil Celu Clip Cos Cosh Elu Erf Exp Floor Gelu HardSigmoid",
  "HardSwish Identity IsInf IsNaN LeakyRelu Log Mish Neg Not Reciprocal RegexFullMatch Relu Round Selu Shrink Sigmoid",
  "Sign Sin Sinh Softplus Softsign Sqrt StringNormalizer Swish Tan Tanh ThresholdedRelu",
];

/** The same for several inputs, which are broadcast to one shape. */
const BROADCAST = [
  "Add And BitShift BitwiseAnd BitwiseOr BitwiseXor Div Equal Greater GreaterOrEqual Less LessOrEqual Max Mean Min Mod Mul",
  "Or Pow PRelu StringConcat Sub Sum Where Xor",
];

/** Those of `com.microsoft` that the runtime also accepts in files. */
const FUSED_UNARY = "Gelu QuickGelu";
const FUSED_BROADCAST = "BiasGelu FastGelu";

const same: Rule = (call) => {
  const { axis, shape } = call.onlyRows(0);
  if (call.node.operator === "StringNormalizer" && (call.attribute("stopwords")?.texts?.length ?? 0) > 0) {
    throw call.unknown("removes elements");
  }
  return rowsOf(axis, shape);
};

const broadcast: Rule = (call) => broadcastRows(call, call.inputs);

/** Broadcasts inputs of rows and constants: rows must meet rows, and a constant must be the same for every row. */
export function broadcastRows(call: OperatorCall, inputs: readonly (RowValue | undefined)[]): RowValue {
  const present = inputs.filter((input) => input !== undefined);
  const shape = broadcastShapes(present.map((input) => ("shape" in input ? input.shape : undefined)));
  if (!shape) return sameRank(call, present);
  let axis: number | undefined;
  for (const input of present) {
    if (input.kind !== "rows") continue;
    const own = shape.length - call.shapeOf(input.shape).length + input.axis;
    if (axis !== undefined && axis !== own)
      throw call.coupled("combines the rows of one input with all rows of another");
    axis = own;
  }
  for (const input of present)
    if (input.kind === "constant") requireSameForAllRows(call, input.shape, axis, shape.length);
  return axis === undefined ? constantOf(shape) : rowsOf(axis, shape);
}

/** Without known shapes, a single input of rows and constants of one element. */
function sameRank(call: OperatorCall, present: readonly RowValue[]): RowValue {
  const rows = present.filter((input) => input.kind === "rows");
  const [first] = rows;
  if (!first) return constantOf(undefined);
  const isScalar = (input: RowValue): boolean =>
    input.kind === "constant" &&
    input.shape !== undefined &&
    input.shape.every((size) => isNumber(size, 1)) &&
    input.shape.length <= 1;
  if (rows.length === 1 && present.every((input) => input === first || isScalar(input))) return first;
  throw call.unknown("has inputs of which the number of dimensions is not known");
}

function requireSameForAllRows(
  call: OperatorCall,
  shape: readonly Size[] | undefined,
  axis: number | undefined,
  rank: number,
): void {
  if (axis === undefined) return;
  const own = axis - rank + call.shapeOf(shape).length;
  if (own >= 0 && !isNumber(shape?.[own], 1))
    throw call.coupled("treats rows differently by their position in the batch");
}

/** The shape to which these are broadcast; undefined if the rank of one is not known. */
export function broadcastShapes(shapes: readonly (readonly Size[] | undefined)[]): readonly Size[] | undefined {
  if (!shapes.every((shape) => shape !== undefined)) return undefined;
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, i) =>
    shapes.map((shape) => shape[i - rank + shape.length] ?? ONE).reduce(broadcastSizes, ONE),
  );
}

function broadcastSizes(a: Size, b: Size): Size {
  if (isNumber(a, 1) || isEqual(a, b)) return b;
  if (isNumber(b, 1)) return a;
  // One of them may be 1 when it computes. Rows are kept apart elsewhere; here it only must not be forgotten that there are rows.
  if (dependsOnRows(a) || a.symbols.length === 0) return a;
  return dependsOnRows(b) || b.symbols.length === 0 ? b : freshSize();
}

/** Quantization with constant scales: one for all elements, or one for each slice along another axis than that of the rows. */
const quantize: Rule = (call) => {
  const { axis, shape } = call.onlyRows(0);
  const scale = call.shapeOf(call.constant(1).shape);
  const isSingle = scale.every((size) => isNumber(size, 1)) && scale.length <= 1;
  if (!isSingle && scale.length > 1) throw call.unknown("has a scale for each block");
  if (!isSingle && call.axisOf(call.integer("axis", 1), shape) === axis) {
    throw call.coupled("treats rows differently by their position in the batch");
  }
  return rowsOf(axis, shape);
};

const dropout: Rule = (call) => {
  if (call.has(2)) throw call.unknown("may drop elements at random");
  return same(call);
};

const names = (lists: readonly string[]): string[] => lists.join(" ").split(" ");
const UNARY_NAMES = new Set(names(UNARY));
const BROADCAST_NAMES = new Set(names(BROADCAST));

/** The shape of what an elementwise operator of ONNX makes of constants; undefined for any other operator. */
export function elementwiseShape(call: OperatorCall): readonly Size[] | undefined {
  const { operator } = call.node;
  if (UNARY_NAMES.has(operator)) return call.constant(0).shape;
  if (BROADCAST_NAMES.has(operator)) return broadcastShapes(call.inputs.map((_, i) => call.constant(i).shape));
  return undefined;
}

export const ELEMENTWISE: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(names(UNARY).map((name) => [name, same])),
  ...Object.fromEntries(names(BROADCAST).map((name) => [name, broadcast])),
  ...Object.fromEntries(names([FUSED_UNARY]).map((name) => [`com.microsoft.${name}`, same])),
  ...Object.fromEntries(names([FUSED_BROADCAST]).map((name) => [`com.microsoft.${name}`, broadcast])),
  // The second input only gives the type.
  CastLike: (call) => {
    const [input] = call.inputs;
    return input?.kind === "constant" ? input : call.rows(0);
  },
  Dropout: dropout,
  QuantizeLinear: quantize,
  DequantizeLinear: quantize,
  "com.microsoft.QuantizeLinear": quantize,
  "com.microsoft.DequantizeLinear": quantize,
};
