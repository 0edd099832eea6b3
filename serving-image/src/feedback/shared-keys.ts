import type { Log } from "../core/log";
import { reasonOf } from "../core/start-up-error";
import type { SharedStore } from "./shared-store";

/** Longer than the deadline of the cache, since feedback is not urgent. */
const DEADLINE_MS = 250;

/** Remembers the reports of all replicas. */
export class SharedKeys {
  private isFailing = false;

  constructor(
    private readonly store: SharedStore,
    private readonly log: Log,
  ) {}

  /** Whether the report is new. If Redis does not answer, it counts as new. */
  async claim(model: string, key: string): Promise<boolean> {
    try {
      const isNew = await this.store.call(`${model}:${key}`, DEADLINE_MS, (redis, name) => redis.add(name));
      this.isFailing = false;
      return isNew;
    } catch (error) {
      if (!this.isFailing)
        this.log.warn({ reason: reasonOf(error) }, "duplicate feedback is only detected within this replica");
      this.isFailing = true;
      return true;
    }
  }
}
