import { Refusal } from "../core/refusal";
import type { CacheTally, SkipReason } from "../observability/cache-tally";
import type { Tensors } from "../protocol/datatypes";
import type { CacheOutcome, Inference } from "../protocol/inference";
import { DEFAULT_PRIORITY } from "../protocol/urgency";
import type { CacheKeys } from "./cache-key";
import type { CacheStore, Found } from "./cache-store";
import { endOfTurn } from "./end-of-turn";
import { isFinite } from "./finite";
import { packTensors, unpackTensors } from "./packed-tensors";

export interface CachedOutputs {
  readonly outputs: Tensors;
  readonly outcome: CacheOutcome;
}

/** A look into the cache and, where it finds nothing, the run; all who want the same meanwhile wait for it. */
interface Flight {
  readonly priority: number;
  readonly result: Promise<CachedOutputs>;
}

type Compute = () => Promise<Tensors>;

/** The cache as one loaded model sees it. */
export class ModelCache {
  private readonly flights = new Map<string, Flight>();
  private open = 0;

  constructor(
    private readonly store: CacheStore,
    private readonly keys: CacheKeys,
    private readonly tally: CacheTally,
    private readonly maxEntryBytes: number,
  ) {}

  /** Whether nobody waits for it who may still want something computed. */
  get isIdle(): boolean {
    return this.open === 0;
  }

  /** The outputs that a request asks for: out of the cache, or computed and then kept. */
  async outputsOf(asked: Inference, compute: Compute): Promise<CachedOutputs> {
    this.open++;
    try {
      return await this.lookUp(asked, compute);
    } finally {
      this.open--;
    }
  }

  /** How long it takes to get such outputs out of the cache, in seconds; undefined where it cannot be asked. */
  async secondsOfHit(asked: Pick<Inference, "inputs" | "outputs">, outputs: Tensors): Promise<number | undefined> {
    const packed = packTensors(outputs);
    const startedAt = performance.now();
    const found = await this.store.get(this.keys.of(asked));
    unpackTensors(packed);
    return typeof found === "string" ? undefined : secondsSince(startedAt);
  }

  private async lookUp(asked: Inference, compute: Compute): Promise<CachedOutputs> {
    // Before anything is computed, for a run may take the inputs' memory with it.
    const key = this.keys.of(asked);
    const flight = this.flights.get(key);
    if (flight && flight.priority <= priorityOf(asked)) return this.join(flight, asked, compute);
    const startedAt = performance.now();
    const found = this.store.get(key);
    const hit = found instanceof Promise ? undefined : this.take(found, startedAt);
    if (hit) {
      await endOfTurn();
      return hit;
    }
    return this.lead(key, { priority: priorityOf(asked), result: this.find(key, found, startedAt, compute) });
  }

  private async lead(key: string, flight: Flight): Promise<CachedOutputs> {
    this.flights.set(key, flight);
    try {
      return await flight.result;
    } finally {
      // A more urgent request may have begun one of its own.
      if (this.flights.get(key) === flight) this.flights.delete(key);
    }
  }

  /** A failed run says nothing to those who waited for it: it may have been too late for its own request alone. */
  private async join(flight: Flight, { timeoutSeconds }: Inference, compute: Compute): Promise<CachedOutputs> {
    let result: CachedOutputs;
    try {
      result = await within(timeoutSeconds, flight.result);
    } catch (error) {
      if (error instanceof TimeIsUp) throw error.refusal;
      this.tally.misses.add(0);
      return { outputs: await compute(), outcome: "miss" };
    }
    if (result.outcome === "hit") this.tally.hits.add(0);
    else this.tally.shared++;
    return { outputs: result.outputs, outcome: result.outcome === "hit" ? "hit" : "shared" };
  }

  private async find(
    key: string,
    looking: Found | Promise<Found>,
    startedAt: number,
    compute: Compute,
  ): Promise<CachedOutputs> {
    const found = await looking;
    const hit = this.take(found, startedAt);
    if (hit) return hit;
    const isSkipped = typeof found === "string";
    if (isSkipped) this.tally.skip(found);
    else this.tally.misses.add(secondsSince(startedAt));
    const outputs = await compute();
    if (!isSkipped) void this.write(key, outputs);
    return { outputs, outcome: isSkipped ? "skipped" : "miss" };
  }

  private take(found: Found, startedAt: number): CachedOutputs | undefined {
    if (!Buffer.isBuffer(found)) return undefined;
    const outputs = unpackTensors(found);
    if (!outputs) {
      this.tally.skip("unreadable");
      return undefined;
    }
    this.tally.hits.add(secondsSince(startedAt));
    return { outputs, outcome: "hit" };
  }

  /** What a model gives that is no number is answered with an error where it is asked for as JSON: it is never kept. */
  private async write(key: string, outputs: Tensors): Promise<void> {
    if (!isFinite(outputs)) return;
    const packed = packTensors(outputs);
    const failed: SkipReason | undefined =
      packed.length > this.maxEntryBytes ? "too_large" : await this.store.set(key, packed, this.tally);
    if (failed) this.tally.skip(failed);
  }
}

class TimeIsUp extends Error {
  readonly refusal = new Refusal(504, "The request's time was up before the run that it waited for had ended.");
}

function within<T>(seconds: number | undefined, result: Promise<T>): Promise<T> {
  if (seconds === undefined) return result;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TimeIsUp()), Math.min(seconds * 1000, 2 ** 31 - 1));
    result.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function priorityOf({ priority = DEFAULT_PRIORITY }: Inference): number {
  return priority;
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1000;
}
