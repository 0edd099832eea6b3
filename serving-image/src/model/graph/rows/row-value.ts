import { dependsOnRows, type Size } from "./size";

/** How a value of the graph depends on the rows of a run. */
export type RowValue = ConstantValue | RowsValue | SharedValue;

/** Its elements are the same for any rows. Only `elements` may depend on how many rows there are. */
export interface ConstantValue {
  readonly kind: "constant";
  /** Undefined if not even the rank is known. */
  readonly shape?: readonly Size[];
  /** The elements of a small tensor of numbers, if they are known. */
  readonly elements?: readonly Size[];
}

/** Along one axis it has the same number of slices for each row, in the order of the rows, each computed from its row only. */
export interface RowsValue {
  readonly kind: "rows";
  readonly axis: number;
  /** Undefined if only the axis is known. */
  readonly shape?: readonly Size[];
}

/** The result of a row depends on the other rows, or may do so. */
export interface SharedValue {
  readonly kind: "coupled" | "unknown";
  /** The operator that is the cause, and the name of its node. */
  readonly operator: string;
  readonly node: string;
  /** What the operator does, as the end of a sentence that begins with its name. */
  readonly reason: string;
  /** Whether it only changes how precisely a row is computed. */
  readonly isPrecision?: boolean;
}

export const CONSTANT: ConstantValue = { kind: "constant" };

export function constantOf(shape: readonly Size[] | undefined, elements?: readonly Size[]): ConstantValue {
  return { kind: "constant", ...(shape && { shape }), ...(elements && { elements }) };
}

export function rowsOf(axis: number, shape?: readonly Size[]): RowsValue {
  return { kind: "rows", axis, ...(shape && { shape }) };
}

export function isShared(value: RowValue): value is SharedValue {
  return value.kind === "coupled" || value.kind === "unknown";
}

/** Whether the elements of a constant depend on the number of rows. */
export function countsRows(value: RowValue): boolean {
  return value.kind === "constant" && (value.elements?.some(dependsOnRows) ?? false);
}
