import type { TensorValue } from "../protocol/datatypes";
import { numberOfHalf } from "./half-precision";

/** How far two values of one output are apart. */
export interface Difference {
  readonly agrees: boolean;
  /**
   * Of numbers with a fraction the largest absolute difference of two elements; of whole numbers, texts and flags the
   * share of elements that are not the same. Absent where it cannot be said: other shapes, or no number (NaN) on one side.
   */
  readonly size?: number;
}

/** When two outputs count as the same. */
export interface AgreementRule {
  /** Numbers with a fraction may be this far apart: absolutely, or relative to the live one where that is over 1. */
  readonly tolerance: number;
  /** Whether, of rows of numbers with a fraction, only the place of the largest must be the same. */
  readonly isTopOneEnough: boolean;
}

export function differenceOf(live: TensorValue, shadow: TensorValue, rule: AgreementRule): Difference {
  if (live.datatype !== shadow.datatype || live.shape.join() !== shadow.shape.join()) return { agrees: false };
  return live.datatype.startsWith("FP") ? differenceOfNumbers(live, shadow, rule) : shareOfOthers(live, shadow);
}

function shareOfOthers({ data: live }: TensorValue, { data: shadow }: TensorValue): Difference {
  let others = 0;
  for (let i = 0; i < live.length; i++) if (live[i] !== shadow[i]) others++;
  return { agrees: others === 0, size: live.length === 0 ? 0 : others / live.length };
}

function differenceOfNumbers(live: TensorValue, shadow: TensorValue, rule: AgreementRule): Difference {
  const a = numbersOf(live);
  const b = numbersOf(shadow);
  const columns = live.shape.length > 1 ? (live.shape.at(-1) ?? 1) : 1;
  const ranks = rule.isTopOneEnough && columns > 1;
  let agrees = ranks ? haveSameTops(a, b, columns) : true;
  let size = 0;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] ?? NaN, b[i] ?? NaN];
    if (Object.is(x, y)) continue;
    const apart = Math.abs(x - y);
    // What is no number on both sides is the same; on one side only it is no distance.
    if (!Number.isFinite(apart)) return { agrees: false };
    size = Math.max(size, apart);
    if (!ranks && apart > rule.tolerance * Math.max(1, Math.abs(x))) agrees = false;
  }
  return { agrees, size };
}

function haveSameTops(a: ArrayLike<number>, b: ArrayLike<number>, columns: number): boolean {
  for (let row = 0; row < a.length; row += columns) if (topOf(a, row, columns) !== topOf(b, row, columns)) return false;
  return true;
}

function topOf(values: ArrayLike<number>, from: number, columns: number): number {
  let top = from;
  for (let i = from + 1; i < from + columns; i++) if ((values[i] ?? NaN) > (values[top] ?? NaN)) top = i;
  return top;
}

function numbersOf({ datatype, data }: TensorValue): ArrayLike<number> {
  const numbers = data as ArrayLike<number>;
  return datatype === "FP16" ? Array.from(numbers, numberOfHalf) : numbers;
}
