import { broadcastShapes } from "./elementwise";
import type { OperatorCall, Rule } from "./operator-call";
import { constantOf, type RowsValue, type RowValue, rowsOf } from "./row-value";
import {
  dependsOnRows,
  divide,
  freshSize,
  isEqual,
  isNumber,
  multiply,
  ONE,
  productOf,
  ROWS_SIZE,
  type Size,
  sizeOfNumber,
} from "./size";

/** The elements of a target shape that stand for something else than a size. */
const COPIED = 0;
const INFERRED = -1;

const reshape: Rule = (call) => {
  const input = call.rows(0);
  const target = call.opset >= 5 ? call.elements(1) : (call.attribute("shape")?.integers ?? []).map(sizeOfNumber);
  return reshapeRows(call, input, copied(target, input.shape, call.integer("allowzero", 0) === 0));
};

/** Undefined stands for a size that is copied from a shape that is not known. */
function copied(
  target: readonly Size[],
  from: readonly Size[] | undefined,
  isCopying: boolean,
): readonly (Size | undefined)[] {
  return target.map((size, i) => (isCopying && isNumber(size, COPIED) ? from?.[i] : size));
}

/**
 * The elements keep their order. So the rows stay apart exactly if as many elements come before the rows' dimension as
 * before: then each row is still one block of it.
 */
function reshapeRows(call: OperatorCall, input: RowsValue, target: readonly (Size | undefined)[]): RowsValue {
  const shape = inferred(target, input.shape);
  const axis = shape.findIndex((size) => size !== undefined && dependsOnRows(size));
  const isKnown = shape.every((size): size is Size => size !== undefined);
  if (axis >= 0 && input.shape && isKnown) {
    const isSameStart = isEqual(productOf(shape.slice(0, axis)), productOf(input.shape.slice(0, input.axis)));
    if (isSameStart && shape.filter(dependsOnRows).length === 1) return rowsOf(axis, shape);
  }
  // The rows' dimension comes first, and keeps everything that a row consists of or is copied as it is.
  const [first] = shape;
  const isFirst =
    input.axis === 0 && (first === undefined ? isNumber(target[0], INFERRED) || !input.shape : dependsOnRows(first));
  const rest = shape.slice(1);
  if (isFirst && rest.every((size) => size === undefined || !dependsOnRows(size))) {
    return rowsOf(0, [first ?? rowsTimesUnknown(), ...rest.map((size) => size ?? freshSize())]);
  }
  throw call.unknown("may mix rows");
}

function rowsTimesUnknown(): Size {
  return multiply(ROWS_SIZE, freshSize());
}

/** Replaces the size that is inferred from the number of elements, as far as that is known. */
function inferred(
  target: readonly (Size | undefined)[],
  from: readonly Size[] | undefined,
): readonly (Size | undefined)[] {
  const index = target.findIndex((size) => isNumber(size, INFERRED));
  if (index < 0) return target;
  const others = target.filter((_, i) => i !== index);
  const isKnown = from !== undefined && others.every((size): size is Size => size !== undefined);
  const size = isKnown ? divide(productOf(from), productOf(others)) : undefined;
  return target.map((one, i) => (i === index ? (size ?? unknownRest(others)) : one));
}

/** What is left over has all rows in it, unless another dimension has them. */
function unknownRest(others: readonly (Size | undefined)[]): Size | undefined {
  const haveRows = others.some((size) => size !== undefined && dependsOnRows(size));
  return haveRows ? freshSize() : undefined;
}

const flatten: Rule = (call) => {
  const input = call.rows(0);
  const shape = call.shapeOf(input.shape);
  const axis = call.axisOf(call.integer("axis", 1), shape);
  return reshapeRows(call, input, [productOf(shape.slice(0, axis)), productOf(shape.slice(axis))]);
};

const transpose: Rule = (call) => {
  const { axis, shape } = call.rows(0);
  const order = call.attribute("perm")?.integers ?? call.shapeOf(shape).map((_, i, all) => all.length - 1 - i);
  const permuted = shape && order.map((from) => shape[from] ?? ONE);
  return rowsOf(order.indexOf(axis), permuted);
};

const squeeze: Rule = (call) => {
  const { axis, shape } = call.rows(0);
  const listed = call.integers("axes", 1);
  // Without axes it removes each dimension of size 1: with one row another than with two.
  if (!listed) throw call.coupled("removes the batch dimension if there is one row");
  const axes = listed.map((one) => call.axisOf(one, shape));
  if (axes.includes(axis)) throw call.coupled("removes the batch dimension");
  const left = shape?.filter((_, i) => !axes.includes(i));
  return rowsOf(axis - axes.filter((one) => one < axis).length, left);
};

const unsqueeze: Rule = (call) => {
  const { axis, shape } = call.rows(0);
  const listed = call.integers("axes", 1) ?? [];
  const rank = call.shapeOf(shape).length + listed.length;
  const axes = listed.map((one) => (one < 0 ? one + rank : one));
  const from = Array.from({ length: rank }, (_, i) => i).filter((i) => !axes.includes(i));
  const result = Array.from({ length: rank }, (_, i) => (axes.includes(i) ? ONE : (shape?.[from.indexOf(i)] ?? ONE)));
  return rowsOf(from[axis] ?? axis, result);
};

/** Also of a constant: expanded to the number of rows, it is the same for every row. */
const expand: Rule = (call) => {
  const [input] = call.inputs;
  const target = call.elements(1);
  const own = input && "shape" in input ? input.shape : undefined;
  const shape = call.shapeOf(broadcastShapes([own, target]));
  if (input?.kind === "rows") {
    const axis = shape.length - call.shapeOf(own).length + input.axis;
    const wanted = target[axis - shape.length + target.length];
    const isKept = wanted === undefined || isNumber(wanted, 1) || isEqual(wanted, own?.[input.axis] ?? ONE);
    if (!isKept) throw call.unknown("may repeat rows");
    return rowsOf(axis, shape);
  }
  return filledShape(call, shape, own);
};

/** A constant of a shape that may have one dimension of rows, along which its own shape has size 1. */
export function filledShape(call: OperatorCall, shape: readonly Size[], own: readonly Size[] | undefined): RowValue {
  const axes = shape.flatMap((size, i) => (dependsOnRows(size) ? [i] : []));
  const [axis, ...more] = axes;
  if (axis === undefined) return constantOf(shape);
  const before = own?.[axis - shape.length + own.length];
  if (more.length > 0 || (before !== undefined && !isNumber(before, 1))) {
    throw call.unknown("has the number of rows in more than one dimension");
  }
  return rowsOf(axis, shape);
}

const tile: Rule = (call) => {
  const { axis, shape } = call.rows(0);
  const repeats = call.elements(1);
  if (!isNumber(repeats[axis], 1)) throw call.unknown("repeats rows");
  return rowsOf(
    axis,
    shape?.map((size, i) => multiply(size, repeats[i] ?? ONE)),
  );
};

const depthOrSpace: Rule = (call) => {
  const { axis, shape } = call.rows(0);
  if (axis !== 0) throw call.coupled("mixes rows");
  return rowsOf(0, shape && [shape[0] ?? ROWS_SIZE, ...shape.slice(1).map(() => freshSize())]);
};

export const RESHAPING: Readonly<Record<string, Rule>> = {
  Reshape: reshape,
  Flatten: flatten,
  Transpose: transpose,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Expand: expand,
  Tile: tile,
  DepthToSpace: depthOrSpace,
  SpaceToDepth: depthOrSpace,
};
