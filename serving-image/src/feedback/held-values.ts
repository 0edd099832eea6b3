import type { ValueSums } from "../observability/feedback-counters";

/** Values of one version, metric and group of users that become mature at the same time. */
export interface HeldSums extends ValueSums {
  /** In seconds since the epoch. */
  readonly matureAt: number;
}

/** A maturity is divided into this many slots of time, of at least a second each. */
const SLOTS = 500;

/** The end of the slot in which a value becomes mature: values of one slot are counted together, at its end. */
export function endOfSlot(matureAt: number, maturitySeconds: number): number {
  const width = Math.max(1, maturitySeconds / SLOTS);
  return Math.ceil(matureAt / width) * width;
}

/**
 * Values that wait until they are mature. Only sums are kept, so memory depends on the number of slots, versions, metrics
 * and groups of users, however many values there are.
 */
export class HeldValues {
  /** How many values wait. */
  count = 0;
  private readonly slots = new Map<number, Map<string, HeldSums>>();

  add(held: HeldSums): void {
    const key = `${held.version} ${held.metric} ${held.group}`;
    const slot = this.slots.get(held.matureAt) ?? new Map<string, HeldSums>();
    const known = slot.get(key);
    slot.set(key, known === undefined ? held : { ...held, ...addSums(known, held) });
    this.slots.set(held.matureAt, slot);
    this.count += held.count;
  }

  /** Removes what is mature, and returns it. By default everything is. */
  take(now = Infinity): readonly HeldSums[] {
    const taken: HeldSums[] = [];
    for (const [matureAt, slot] of this.slots) {
      if (matureAt > now) continue;
      taken.push(...slot.values());
      this.slots.delete(matureAt);
    }
    for (const { count } of taken) this.count -= count;
    return taken;
  }
}

function addSums(one: ValueSums, other: ValueSums): Pick<ValueSums, "count" | "sum" | "sumOfSquares"> {
  return {
    count: one.count + other.count,
    sum: one.sum + other.sum,
    sumOfSquares: one.sumOfSquares + other.sumOfSquares,
  };
}
