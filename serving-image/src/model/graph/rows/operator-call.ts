import type { OnnxAttribute, OnnxNode } from "../onnx-model";
import { CONSTANT, type ConstantValue, type RowsValue, type RowValue, type SharedValue } from "./row-value";
import type { Size } from "./size";
import { numberOf } from "./size";

/** What an operator makes of its inputs: one value for all of its outputs, or one for each. */
export type Rule = (call: OperatorCall) => RowValue | readonly RowValue[];

/** Ends a rule: the operator does not keep rows apart, or is not known to. */
export class RowsNotKeptApart extends Error {
  constructor(readonly value: SharedValue) {
    super(value.reason);
  }
}

/** A node of the graph with the values of its inputs. */
export class OperatorCall {
  constructor(
    readonly node: OnnxNode,
    readonly inputs: readonly (RowValue | undefined)[],
    /** The version of the operator set. */
    readonly opset: number,
  ) {}

  /** The input at this position as far as it is known to be a constant; a missing one is an empty constant. */
  constant(index: number): ConstantValue {
    const input = this.inputs[index];
    if (input === undefined) return CONSTANT;
    if (input.kind === "constant") return input;
    throw this.unknown(`has an input of rows at position ${index + 1}`);
  }

  rows(index: number): RowsValue {
    const input = this.inputs[index];
    if (input?.kind === "rows") return input;
    throw this.unknown(`has no input of rows at position ${index + 1}`);
  }

  /** The first input that has rows. */
  firstRows(): RowsValue {
    const found = this.inputs.find((input) => input?.kind === "rows");
    if (found?.kind === "rows") return found;
    throw this.unknown("has no input of rows");
  }

  /** Requires that all inputs but this one are constant. */
  onlyRows(index: number): RowsValue {
    this.inputs.forEach((_, i) => i === index || this.constant(i));
    return this.rows(index);
  }

  has(index: number): boolean {
    return this.inputs[index] !== undefined;
  }

  attribute(name: string): OnnxAttribute | undefined {
    const attribute = this.node.attributes.get(name);
    if (attribute?.reference) throw this.unknown(`has the attribute ${name} of an enclosing function`);
    return attribute;
  }

  integer(name: string, fallback: number): number {
    return this.attribute(name)?.integer ?? fallback;
  }

  text(name: string, fallback: string): string {
    return this.attribute(name)?.text ?? fallback;
  }

  /** Whole numbers of an attribute or, in later operator sets, of an input; undefined if neither is there. */
  integers(name: string, index: number): readonly number[] | undefined {
    const listed = this.attribute(name)?.integers;
    if (listed) return listed;
    return this.has(index) ? this.numbers(index) : undefined;
  }

  /** The elements of a constant input, which must be known. */
  numbers(index: number): readonly number[] {
    return this.elements(index).map((element) => {
      const number = numberOf(element);
      if (number === undefined) throw this.unknown(`has an input at position ${index + 1} that is not a fixed number`);
      return number;
    });
  }

  elements(index: number): readonly Size[] {
    const { elements } = this.constant(index);
    if (elements) return elements;
    throw this.unknown(`has an input at position ${index + 1} that is only known when it computes`);
  }

  /** An axis counted from the front. */
  axisOf(axis: number, shape: readonly Size[] | undefined): number {
    if (axis >= 0) return axis;
    return axis + this.shapeOf(shape).length;
  }

  shapeOf(shape: readonly Size[] | undefined): readonly Size[] {
    if (shape) return shape;
    throw this.unknown("has an input of which the number of dimensions is not known");
  }

  coupled(reason: string, isPrecision = false): RowsNotKeptApart {
    return new RowsNotKeptApart({ ...this.blame(), kind: "coupled", reason, isPrecision });
  }

  unknown(reason: string): RowsNotKeptApart {
    return new RowsNotKeptApart({ ...this.blame(), kind: "unknown", reason });
  }

  private blame(): { operator: string; node: string } {
    const { operator, name, outputs } = this.node;
    return { operator, node: name || (outputs.find((output) => output !== "") ?? "") };
  }
}
