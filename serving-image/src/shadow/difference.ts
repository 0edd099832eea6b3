import type { TensorValue } from "../protocol/datatypes";
import { float16ToNumber } from "../protocol/float16";

/** The difference between two values of one output. */
export interface Difference {
  readonly agrees: boolean;
  /**
   * For floats the largest absolute difference of two elements; for integers, strings and booleans the share of elements
   * that differ. Undefined if the shapes differ, or if an element is NaN on one side only.
   */
  readonly size?: number;
}

/** When two outputs agree. */
interface AgreementRule {
  /** Tolerance for floats: absolute, or relative to the live value if that is over 1. */
  readonly tolerance: number;
  /** Whether rows of floats agree if their largest element has the same index. */
  readonly isTopOneEnough: boolean;
}

export function differenceOf(live: TensorValue, shadow: TensorValue, rule: AgreementRule): Difference {
  if (live.datatype !== shadow.datatype || live.shape.join() !== shadow.shape.join()) return { agrees: false };
  return live.datatype.startsWith("FP") ? differenceOfNumbers(live, shadow, rule) : shareOfDifferent(live, shadow);
}

function shareOfDifferent({ data: live }: TensorValue, { data: shadow }: TensorValue): Difference {
  let others = 0;
  for (let i = 0; i < live.length; i++) if (live[i] !== shadow[i]) others++;
  return { agrees: others === 0, size: live.length === 0 ? 0 : others / live.length };
}

function differenceOfNumbers(live: TensorValue, shadow: TensorValue, rule: AgreementRule): Difference {
  const a = numbersOf(live);
  const b = numbersOf(shadow);
  const columns = live.shape.length > 1 ? (live.shape.at(-1) ?? 1) : 1;
  const ranks = rule.isTopOneEnough && columns > 1;
  let agrees = ranks ? haveSameTopOnes(a, b, columns) : true;
  let size = 0;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] ?? NaN, b[i] ?? NaN];
    if (Object.is(x, y)) continue;
    const apart = Math.abs(x - y);
    // NaN on both sides is equal, see above; on one side only, there is no distance.
    if (!Number.isFinite(apart)) return { agrees: false };
    size = Math.max(size, apart);
    if (!ranks && apart > rule.tolerance * Math.max(1, Math.abs(x))) agrees = false;
  }
  return { agrees, size };
}

function haveSameTopOnes(a: ArrayLike<number>, b: ArrayLike<number>, columns: number): boolean {
  for (let row = 0; row < a.length; row += columns)
    if (topOneOf(a, row, columns) !== topOneOf(b, row, columns)) return false;
  return true;
}

function topOneOf(values: ArrayLike<number>, from: number, columns: number): number {
  let top = from;
  for (let i = from + 1; i < from + columns; i++) if ((values[i] ?? NaN) > (values[top] ?? NaN)) top = i;
  return top;
}

function numbersOf({ datatype, data }: TensorValue): ArrayLike<number> {
  const numbers = data as ArrayLike<number>;
  return datatype === "FP16" ? Array.from(numbers, float16ToNumber) : numbers;
}
