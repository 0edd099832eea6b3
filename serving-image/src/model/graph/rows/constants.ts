import { broadcastShapes, elementwiseShape } from "./elementwise";
import type { OperatorCall } from "./operator-call";
import { CONSTANT, constantOf, type ConstantValue, countsRows, isShared, rowsOf, type RowValue } from "./row-value";
import { filledShape, RESHAPING } from "./reshaping";
import {
  dependsOnRows,
  divide,
  freshSize,
  isEqual,
  isNumber,
  multiply,
  numberOf,
  ONE,
  productOf,
  type Size,
  sizeOfNumber,
} from "./size";

/** More numbers than this are not sizes. */
const ELEMENT_LIMIT = 64;

type ConstantRule = (call: OperatorCall) => RowValue | undefined;

/**
 * What an operator makes of constants. The numbers that a graph computes from sizes are followed, since they decide
 * whether a later Reshape keeps rows apart. Undefined if this operator's result is not followed.
 */
export function evaluate(call: OperatorCall): RowValue {
  const found = RULES[call.node.operator]?.(call);
  if (found) return checked(call, found);
  if (call.inputs.some((input) => input !== undefined && countsRows(input))) {
    throw call.unknown("computes with the number of rows of the batch");
  }
  return constantOf(elementwiseShape(call));
}

function checked(call: OperatorCall, value: RowValue): RowValue {
  if (value.kind !== "constant") return value;
  if (value.shape?.some(dependsOnRows)) throw call.unknown("has one element for each row of the batch");
  return value.elements && value.elements.length > ELEMENT_LIMIT ? constantOf(value.shape) : value;
}

/** The numbers of a size or of a part of a shape. */
export function sizesOf(call: OperatorCall): RowValue {
  const [input] = call.inputs;
  const shape = input && "shape" in input ? input.shape : undefined;
  if (call.node.operator === "Size") {
    if (!shape) throw call.unknown("has an input of which the number of dimensions is not known");
    return constantOf([], [productOf(shape)]);
  }
  const known = call.shapeOf(shape);
  const from = call.axisOf(call.integer("start", 0), known);
  const to = call.axisOf(call.integer("end", known.length), known);
  const part = known.slice(Math.max(0, from), Math.max(0, to));
  return constantOf([sizeOfNumber(part.length)], part);
}

const constant: ConstantRule = (call) => {
  const { tensor } = call.attribute("value") ?? {};
  if (tensor) return constantOf(tensor.shape.map(sizeOfNumber), tensor.numbers?.map(sizeOfNumber));
  const single = call.attribute("value_int")?.integer;
  if (single !== undefined) return constantOf([], [sizeOfNumber(single)]);
  const several = call.attribute("value_ints")?.integers;
  if (several) return constantOf([sizeOfNumber(several.length)], several.map(sizeOfNumber));
  return call.attribute("value_float") ? constantOf([]) : CONSTANT;
};

/** To whole numbers, of numbers; a fraction of symbols is not followed. */
const rounded =
  (round: (value: number) => number): ConstantRule =>
  (call) => {
    const { shape, elements } = call.constant(0);
    const whole = elements?.map((size) => {
      if (Number.isInteger(size.factor)) return size;
      if (dependsOnRows(size)) throw call.coupled("computes with the number of rows of the batch");
      return size.symbols.length === 0 ? sizeOfNumber(round(size.factor)) : freshSize();
    });
    return constantOf(shape, whole);
  };

const FLOATS = [1, 10, 11, 16];

const cast: ConstantRule = (call) => {
  const { shape, elements } = call.constant(0);
  return FLOATS.includes(call.integer("to", 0)) ? constantOf(shape, elements) : rounded(Math.trunc)(call);
};

/** The elements keep their order and values, whatever the new shape is. */
const reshaped: ConstantRule = (call) => {
  const { elements } = call.constant(0);
  return { ...CONSTANT, ...(elements && { elements }), ...shapeOfReshaped(call) };
};

function shapeOfReshaped(call: OperatorCall): { shape?: readonly Size[] } {
  const { shape, elements } = call.constant(0);
  const { operator } = call.node;
  if (operator === "Identity" || operator === "Cast" || operator === "Floor" || operator === "Ceil")
    return shape ? { shape } : {};
  const target = operator === "Reshape" ? call.constant(1).elements : undefined;
  if (target && target.every((size) => (numberOf(size) ?? 1) > 0)) return { shape: target };
  if (elements && elements.length === 1 && operator === "Squeeze") return { shape: [] };
  if (elements && (target?.length === 1 || (shape?.length === 0 && operator === "Unsqueeze"))) {
    return { shape: [sizeOfNumber(elements.length)] };
  }
  if (operator !== "Reshape" && shape) return shapeOfMoved(call, shape);
  return {};
}

/** The shape of a constant after an operator that moves dimensions, by the rule for rows. */
function shapeOfMoved(call: OperatorCall, shape: readonly Size[]): { shape?: readonly Size[] } {
  const { operator } = call.node;
  const axes = operator === "Transpose" ? call.attribute("perm")?.integers : call.integers("axes", 1);
  if (!axes) return {};
  const rank = shape.length + (operator === "Unsqueeze" ? axes.length : 0);
  const places = axes.map((axis) => (axis < 0 ? axis + rank : axis));
  if (operator === "Transpose") return { shape: places.map((from) => shape[from] ?? ONE) };
  if (operator === "Squeeze") return { shape: shape.filter((_, i) => !places.includes(i)) };
  const left = [...shape];
  return { shape: Array.from({ length: rank }, (_, i) => (places.includes(i) ? ONE : (left.shift() ?? ONE))) };
}

const moved: ConstantRule = (call) => {
  const { shape, elements } = call.constant(0);
  const isOrdered = elements !== undefined && (shape?.length ?? 2) <= 1;
  return { ...CONSTANT, ...(isOrdered && { elements }), ...(shape ? shapeOfMoved(call, shape) : {}) };
};

const arithmetic =
  (compute: (a: Size, b: Size) => Size | undefined): ConstantRule =>
  (call) => {
    const [a, b] = [call.constant(0), call.constant(1)];
    const shape = broadcastShapes([a.shape, b.shape]);
    if (!a.elements || !b.elements || !isFlat(a) || !isFlat(b)) return withoutElements(call, shape);
    const length = Math.max(a.elements.length, b.elements.length);
    const elements = Array.from({ length }, (_, i) => {
      const [left, right] = [elementAt(a, i), elementAt(b, i)];
      const result = compute(left, right);
      if (!result && (dependsOnRows(left) || dependsOnRows(right))) {
        throw call.coupled("computes with the number of rows of the batch");
      }
      return result ?? freshSize();
    });
    return constantOf(shape, elements);
  };

/** An operator on several constants of which the elements are not followed. */
function withoutElements(call: OperatorCall, shape: readonly Size[] | undefined): RowValue | undefined {
  return call.inputs.some((input) => input !== undefined && countsRows(input)) ? undefined : constantOf(shape);
}

function isFlat({ shape }: ConstantValue): boolean {
  return shape !== undefined && shape.length <= 1;
}

function elementAt({ elements = [] }: ConstantValue, i: number): Size {
  return elements[elements.length === 1 ? 0 : i] ?? ONE;
}

const add =
  (sign: 1 | -1) =>
  (a: Size, b: Size): Size | undefined => {
    const [left, right] = [numberOf(a), numberOf(b)];
    if (left !== undefined && right !== undefined) return sizeOfNumber(left + sign * right);
    return right === 0 ? a : left === 0 && sign === 1 ? b : undefined;
  };

/** Sizes are positive, so a multiple of symbols is not 0 or -1. */
const equal = (a: Size, b: Size): Size | undefined => {
  if (isEqual(a, b)) return ONE;
  const [left, right] = [numberOf(a), numberOf(b)];
  const isDecided = (left !== undefined && (right !== undefined || left <= 0)) || (right !== undefined && right <= 0);
  return isDecided ? sizeOfNumber(0) : undefined;
};

const where: ConstantRule = (call) => {
  const [condition, a, b] = [call.constant(0), call.constant(1), call.constant(2)];
  const shape = broadcastShapes([condition.shape, a.shape, b.shape]);
  const isKnown = [condition, a, b].every((value) => value.elements && isFlat(value));
  if (!isKnown) return withoutElements(call, shape);
  const length = Math.max(...[condition, a, b].map(({ elements = [] }) => elements.length));
  const elements = Array.from({ length }, (_, i) => {
    const flag = numberOf(elementAt(condition, i));
    if (flag !== undefined) return elementAt(flag === 0 ? b : a, i);
    if (dependsOnRows(elementAt(a, i)) || dependsOnRows(elementAt(b, i)))
      throw call.unknown("computes a shape that is not followed");
    return freshSize();
  });
  return constantOf(shape, elements);
};

const concat: ConstantRule = (call) => {
  const parts = call.inputs.map((_, i) => listOf(call.constant(i)));
  if (!parts.every((part) => part !== undefined)) return undefined;
  const elements = parts.flat();
  return constantOf([sizeOfNumber(elements.length)], elements);
};

/** The elements of a list of numbers. Those of a list of known length are symbols if they are not known. */
function listOf({ shape, elements }: ConstantValue): readonly Size[] | undefined {
  const length = shape?.length === 1 ? numberOf(shape[0]) : undefined;
  if (length === undefined || length > ELEMENT_LIMIT) return undefined;
  return elements ?? Array.from({ length }, freshSize);
}

const gather: ConstantRule = (call) => {
  const [{ elements, shape }, indices] = [call.constant(0), call.constant(1)];
  if (!elements || shape?.length !== 1 || !indices.elements) return undefined;
  const picked = call.numbers(1).map((index) => elements[index < 0 ? index + elements.length : index] ?? freshSize());
  return constantOf(indices.shape, picked);
};

const slice: ConstantRule = (call) => {
  const { elements, shape } = call.constant(0);
  if (!elements || shape?.length !== 1) return undefined;
  const [start = 0] = call.integers("starts", 1) ?? [];
  const [end = elements.length] = call.integers("ends", 2) ?? [];
  const [step = 1] = call.has(4) ? call.numbers(4) : [];
  if (step !== 1) return undefined;
  const part = elements.slice(start, end);
  return constantOf([sizeOfNumber(part.length)], part);
};

const filled: ConstantRule = (call) => {
  const target = call.constant(0).elements;
  if (!target) return CONSTANT;
  const { tensor } = call.attribute("value") ?? {};
  const value = filledShape(call, target, undefined);
  const count = numberOf(productOf(target));
  if (value.kind !== "constant" || count === undefined || count > ELEMENT_LIMIT || (tensor && !tensor.numbers))
    return value;
  const element = sizeOfNumber(tensor?.numbers?.[0] ?? 0);
  return constantOf(
    target,
    Array.from({ length: count }, () => element),
  );
};

const range: ConstantRule = (call) => {
  if (call.inputs.some((input) => input !== undefined && countsRows(input))) {
    throw call.coupled("numbers the rows by their position in the batch");
  }
  return constantOf([freshSize()]);
};

const tile: ConstantRule = (call) => {
  const { shape } = call.constant(0);
  const repeats = call.constant(1).elements;
  if (!shape || !repeats) return undefined;
  const axis = repeats.findIndex(dependsOnRows);
  if (axis < 0) return constantOf(shape.map((size, i) => multiply(size, repeats[i] ?? ONE)));
  const tiled = filledShape(call, repeats, shape);
  return isShared(tiled) || tiled.kind === "constant"
    ? tiled
    : rowsOf(
        axis,
        shape.map((size, i) => multiply(size, repeats[i] ?? ONE)),
      );
};

const RULES: Readonly<Record<string, ConstantRule | undefined>> = {
  Constant: constant,
  Identity: reshaped,
  Cast: cast,
  Floor: rounded(Math.floor),
  Ceil: rounded(Math.ceil),
  Reshape: reshaped,
  Squeeze: reshaped,
  Unsqueeze: reshaped,
  Transpose: moved,
  Add: arithmetic(add(1)),
  Sub: arithmetic(add(-1)),
  Mul: arithmetic(multiply),
  Div: arithmetic((a, b) => (isNumber(b, 0) ? undefined : divide(a, b))),
  Equal: arithmetic(equal),
  Where: where,
  Concat: concat,
  Gather: gather,
  Slice: slice,
  ConstantOfShape: filled,
  Expand: (call) => (call.constant(1).elements ? (RESHAPING.Expand?.(call) as RowValue) : undefined),
  Range: range,
  Tile: tile,
};
