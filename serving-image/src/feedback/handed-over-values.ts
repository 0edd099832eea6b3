import { isObject } from "../protocol/json";
import type { HeldSums } from "./held-values";
import type { SharedStore } from "./shared-store";

/** Longer than any maturity. */
const KEPT_MS = 32 * 24 * 3600 * 1000;
const MOST_AT_ONCE = 1000;
/** No client waits, and a reply that is abandoned would lose the values that Redis has already removed. */
const DEADLINE_MS = 5000;

/** Held values that a replica leaves to the others when it stops. */
export class HandedOverValues {
  constructor(private readonly store: SharedStore) {}

  async leave(model: string, values: readonly HeldSums[]): Promise<void> {
    const texts = values.map((each) => JSON.stringify(each));
    await this.store.call(keyOf(model), DEADLINE_MS, (redis, key) => redis.append(key, texts, KEPT_MS));
  }

  /** Takes what others have left; each value goes to exactly one replica. */
  async take(model: string): Promise<readonly HeldSums[]> {
    const texts = await this.store.call(keyOf(model), DEADLINE_MS, (redis, key) => redis.take(key, MOST_AT_ONCE));
    return texts.map((text) => JSON.parse(text) as unknown).filter(isHeldSums);
  }
}

// A prediction id has at least one dot, so no report has this key.
const keyOf = (model: string): string => `${model}:held`;

function isHeldSums(value: unknown): value is HeldSums {
  return (
    isObject(value) &&
    [value.version, value.metric].every((each) => typeof each === "string") &&
    [value.matureAt, value.count, value.sumOfSquares].every((each) => typeof each === "number" && each >= 0) &&
    typeof value.sum === "number" &&
    (value.group === undefined || typeof value.group === "number")
  );
}
