import type { BinRule } from "./settings";

/** The bin of values that are not numbers. */
const MISSING = "missing";
/** The bin of values that have no bin of their own. */
const OTHER = "other";

/** Counts values by bin. */
export class Bins {
  readonly counts: Float64Array;
  private readonly binByValue: ReadonlyMap<string, number> | undefined;

  constructor(private readonly rule: BinRule) {
    this.counts = new Float64Array(labelsOf(rule).length);
    this.binByValue = rule.values && new Map(rule.values.map((value, i) => [String(value), i]));
  }

  add(value: unknown): void {
    const at = this.binOf(value);
    this.counts[at] = (this.counts[at] ?? 0) + 1;
  }

  private binOf(value: unknown): number {
    const { edges = [] } = this.rule;
    if (this.binByValue) return this.binByValue.get(String(value)) ?? this.binByValue.size;
    const number = Number(value);
    if (Number.isNaN(number)) return edges.length + 1;
    let [low, high] = [0, edges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (number <= (edges[middle] ?? Infinity)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** The labels of the bins, in order: their upper bounds, or their values. */
export function labelsOf({ edges, values = [] }: BinRule): readonly string[] {
  return edges ? [...edges.map(String), "+Inf", MISSING] : [...values.map(String), OTHER];
}
