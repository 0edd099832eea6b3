import type { OperatorCall, Rule } from "./operator-call";
import { rowsOf, type RowsValue } from "./row-value";
import { freshSize, isEqual, ONE, type Size, sizeOfNumber } from "./size";

/** The size of one axis changes to an unknown one, unless that is the axis of the rows. */
function withOtherSizes(shape: readonly Size[] | undefined, axes: readonly number[]): readonly Size[] | undefined {
  return shape?.map((size, i) => (axes.includes(i) ? freshSize() : size));
}

const concat: Rule = (call) => {
  const present = call.inputs.filter((input) => input !== undefined);
  const first = call.firstRows();
  const axis = call.axisOf(call.integer("axis", 0), first.shape);
  for (const input of present) {
    if (input.kind === "constant") throw call.coupled("joins constants to rows at fixed places of the batch");
    if (input.kind === "rows" && input.axis !== first.axis)
      throw call.coupled("combines the rows of one input with all rows of another");
  }
  if (axis === first.axis) throw call.coupled("joins along the batch dimension");
  return rowsOf(first.axis, first.shape && joined(present as RowsValue[], first.shape, axis));
};

function joined(inputs: readonly RowsValue[], shape: readonly Size[], axis: number): readonly Size[] {
  const sizes = inputs.map((input) => input.shape?.[axis]);
  const isFixed = sizes.every((size) => size !== undefined && size.symbols.length === 0);
  const total = isFixed ? sizeOfNumber(sizes.reduce((sum, size) => sum + (size?.factor ?? 0), 0)) : freshSize();
  return shape.map((size, i) => (i === axis ? total : size));
}

const split: Rule = (call) => {
  const { axis, shape } = call.onlyRows(0);
  const along = call.axisOf(call.integer("axis", 0), shape);
  if (along === axis) throw call.coupled("splits the batch dimension");
  const parts = call.integers("split", 1);
  return call.node.outputs.map((_, i) => {
    const size = parts?.[i];
    return rowsOf(
      axis,
      shape?.map((one, at) => (at !== along ? one : size === undefined ? freshSize() : sizeOfNumber(size))),
    );
  });
};

/** No run has so many rows. Exporters write this or a larger number for the end of an axis. */
const TO_THE_END = 1e9;

const slice: Rule = (call) => {
  const { axis, shape } = call.rows(0);
  const starts = call.opset >= 10 ? call.inputs[1] : undefined;
  const count = starts?.kind === "constant" ? starts.shape?.[0]?.factor : undefined;
  const axes = call.integers("axes", 3) ?? range(call.attribute("starts")?.integers?.length ?? count ?? NaN, call);
  const along = axes.map((one) => call.axisOf(one, shape));
  const index = along.indexOf(axis);
  if (index >= 0 && !isWholeAxis(call, index)) throw call.coupled("takes rows by their position in the batch");
  for (const i of [2, 4]) call.constant(i);
  return rowsOf(
    axis,
    withOtherSizes(
      shape,
      along.filter((one) => one !== axis),
    ),
  );
};

function range(length: number, call: OperatorCall): readonly number[] {
  if (Number.isInteger(length)) return Array.from({ length }, (_, i) => i);
  throw call.unknown("has slices that are only known when it computes");
}

function isWholeAxis(call: OperatorCall, index: number): boolean {
  const starts = call.integers("starts", 1) ?? [];
  const ends = call.integers("ends", 2) ?? [];
  const steps = call.has(4) ? call.numbers(4) : [];
  return starts[index] === 0 && (ends[index] ?? 0) >= TO_THE_END && (steps[index] ?? 1) === 1;
}

const gather: Rule = (call) => {
  const [data, indices] = call.inputs;
  const given = call.integer("axis", 0);
  if (data?.kind === "constant" && indices?.kind === "rows") {
    const axis = given < 0 ? call.axisOf(given, data.shape) : given;
    const shape = data.shape &&
      indices.shape && [...data.shape.slice(0, axis), ...indices.shape, ...data.shape.slice(axis + 1)];
    return rowsOf(axis + indices.axis, shape);
  }
  if (indices?.kind !== "constant") throw call.unknown("takes rows by what other rows contain");
  const rows = call.rows(0);
  const axis = call.axisOf(given, rows.shape);
  if (axis === rows.axis) throw call.coupled("takes rows by their position in the batch");
  const picked = call.shapeOf(indices.shape);
  const shape = rows.shape && [...rows.shape.slice(0, axis), ...picked, ...rows.shape.slice(axis + 1)];
  return rowsOf(rows.axis > axis ? rows.axis + picked.length - 1 : rows.axis, shape);
};

/** Reads or writes elements along one axis, at the places that an input of the same shape says. */
const alongOtherAxis: Rule = (call) => {
  const { axis, shape } = call.rows(0);
  if (call.axisOf(call.integer("axis", 0), shape) === axis) throw call.coupled("takes elements of other rows");
  call.inputs.forEach((_, i) => {
    if (call.rows(i).axis !== axis) throw call.coupled("combines the rows of one input with all rows of another");
  });
  return rowsOf(axis, call.node.operator === "GatherElements" ? call.rows(1).shape : shape);
};

const gatherND: Rule = (call) => {
  const [data, indices] = call.inputs;
  const batch = call.integer("batch_dims", 0);
  if (indices?.kind === "rows" && data?.kind === "constant" && batch === 0) {
    if (indices.axis === call.shapeOf(indices.shape).length - 1) throw call.coupled("combines rows");
    return rowsOf(indices.axis);
  }
  if (data?.kind === "rows" && indices?.kind === "rows" && data.axis === indices.axis && data.axis < batch) {
    return rowsOf(data.axis);
  }
  throw call.unknown("may take elements of other rows");
};

const pad: Rule = (call) => {
  const { axis, shape } = call.onlyRows(0);
  const pads = call.integers("pads", 1) ?? [];
  const axes = call.has(3)
    ? call.numbers(3).map((one) => call.axisOf(one, shape))
    : pads.slice(0, pads.length / 2).map((_, i) => i);
  const index = axes.indexOf(axis);
  if (index >= 0 && (pads[index] !== 0 || pads[index + axes.length] !== 0)) throw call.coupled("adds rows");
  return rowsOf(
    axis,
    withOtherSizes(
      shape,
      axes.filter((one) => one !== axis),
    ),
  );
};

const oneHot: Rule = (call) => {
  const { axis, shape } = call.onlyRows(0);
  const known = call.shapeOf(shape);
  const given = call.integer("axis", -1);
  const added = given < 0 ? given + known.length + 1 : given;
  return rowsOf(added <= axis ? axis + 1 : axis, [...known.slice(0, added), freshSize(), ...known.slice(added)]);
};

/** Works on the last two dimensions. */
const matrixPart: Rule = (call) => {
  const { axis, shape } = call.onlyRows(0);
  if (axis >= call.shapeOf(shape).length - 2)
    throw call.coupled("treats rows differently by their position in the batch");
  return rowsOf(axis, shape);
};

const resize: Rule = (call) => {
  const { axis, shape } = call.rows(0);
  const known = call.shapeOf(shape);
  if (call.text("coordinate_transformation_mode", "") === "tf_crop_and_resize") throw call.unknown("crops");
  if (call.text("keep_aspect_ratio_policy", "stretch") !== "stretch") throw call.unknown("keeps proportions");
  // In other ranks the runtime interpolates between rows, whatever the scale along their dimension is.
  if (call.text("mode", "nearest") !== "nearest" && known.length !== 4) throw call.coupled("interpolates between rows");
  const axes = call.attribute("axes")?.integers?.map((one) => call.axisOf(one, shape)) ?? known.map((_, i) => i);
  const index = axes.indexOf(axis);
  const place = call.opset >= 11 ? 2 : 1;
  const isBySizes = call.has(3);
  const kept = isBySizes ? known[axis] : ONE;
  const wanted = index < 0 ? kept : call.elements(isBySizes ? 3 : place)[index];
  if (!wanted || !kept || !isEqual(wanted, kept)) throw call.coupled("may change the number of rows");
  return rowsOf(
    axis,
    withOtherSizes(
      shape,
      axes.filter((one) => one !== axis),
    ),
  );
};

const reverseSequence: Rule = (call) => {
  const { axis, shape } = call.rows(0);
  if (call.integer("batch_axis", 1) !== axis || call.rows(1).axis !== 0) throw call.coupled("reverses the batch");
  return rowsOf(axis, shape);
};

export const SELECTING: Readonly<Record<string, Rule>> = {
  Concat: concat,
  Split: split,
  Slice: slice,
  Gather: gather,
  GatherElements: alongOtherAxis,
  ScatterElements: alongOtherAxis,
  GatherND: gatherND,
  Pad: pad,
  OneHot: oneHot,
  Trilu: matrixPart,
  Det: (call) => {
    const { axis, shape } = matrixPart(call) as RowsValue;
    return rowsOf(axis, shape?.slice(0, -2));
  },
  Resize: resize,
  Upsample: resize,
  ReverseSequence: reverseSequence,
};
