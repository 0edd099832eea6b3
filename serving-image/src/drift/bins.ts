import type { BinRule } from "./settings";

/** Where something that is no number goes. */
const MISSING = "missing";
/** Where a value goes that has no bin of its own. */
const OTHER = "other";

/** Sorts values into bins, and counts them. */
export class Bins {
  readonly counts: Float64Array;
  private readonly places: ReadonlyMap<string, number> | undefined;

  constructor(private readonly rule: BinRule) {
    this.counts = new Float64Array(labelsOf(rule).length);
    this.places = rule.values && new Map(rule.values.map((value, i) => [String(value), i]));
  }

  add(value: unknown): void {
    const at = this.placeOf(value);
    this.counts[at] = (this.counts[at] ?? 0) + 1;
  }

  private placeOf(value: unknown): number {
    const { edges = [] } = this.rule;
    if (this.places) return this.places.get(String(value)) ?? this.places.size;
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

/** The names of the bins, in order: their upper bounds, or their values. */
export function labelsOf({ edges, values = [] }: BinRule): readonly string[] {
  return edges ? [...edges.map(String), "+Inf", MISSING] : [...values.map(String), OTHER];
}
