import { contract } from "../core/contract";
import { HttpError } from "../core/http-error";
import type { CacheTally, SkipReason } from "../observability/cache-tally";
import type { Tensors } from "../protocol/datatypes";
import type { CacheOutcome, Inference } from "../protocol/inference";
import { DEFAULT_PRIORITY } from "../protocol/scheduling-hints";
import type { CacheKeys } from "./cache-key";
import type { CacheStore, LookupResult } from "./cache-store";
import { endOfTurn } from "./end-of-turn";
import { hasOnlyFiniteNumbers } from "./finite";
import { packTensors, unpackTensors } from "./packed-tensors";

interface CachedOutputs {
  readonly outputs: Tensors;
  readonly outcome: CacheOutcome;
}

/** A lookup and, on a miss, the run. Other requests with the same key meanwhile wait for it ("single flight"). */
interface Flight {
  readonly priority: number;
  readonly result: Promise<CachedOutputs>;
}

/** How a request is computed that is not in the cache. */
interface Computation {
  run(): Promise<Tensors>;
  /** Whether the request would have these outputs at any other time. */
  mayStore(outputs: Tensors): boolean;
}

/** The cache of one loaded model. */
export class ModelCache {
  private readonly flights = new Map<string, Flight>();
  private open = 0;

  constructor(
    private readonly store: CacheStore,
    private readonly keys: CacheKeys,
    private readonly tally: CacheTally,
    private readonly maxEntryBytes: number,
  ) {}

  /** Whether no request is waiting that may still have to be computed. */
  get isIdle(): boolean {
    return this.open === 0;
  }

  /** The outputs of a request: from the cache, or computed and then stored unless they shared a run that may change them. */
  async outputsOf(request: Inference, computation: Computation): Promise<CachedOutputs> {
    this.open++;
    try {
      return await this.lookUp(request, computation);
    } finally {
      this.open--;
    }
  }

  /** Measures a hit with such outputs, in seconds; undefined if the cache is not available. */
  async secondsOfHit(request: Pick<Inference, "inputs" | "outputs">, outputs: Tensors): Promise<number | undefined> {
    const packed = packTensors(outputs);
    const startedAt = performance.now();
    const found = await this.store.get(this.keys.of(request));
    unpackTensors(packed);
    return typeof found === "string" ? undefined : secondsSince(startedAt);
  }

  private async lookUp(request: Inference, computation: Computation): Promise<CachedOutputs> {
    // Before anything is computed, since a run may transfer the inputs' memory to a worker.
    const key = this.keys.of(request);
    const flight = this.flights.get(key);
    if (flight && flight.priority <= priorityOf(request)) return this.join(flight, request, computation);
    const startedAt = performance.now();
    const found = this.store.get(key);
    const hit = found instanceof Promise ? undefined : this.toHit(found, startedAt);
    if (hit) {
      await endOfTurn();
      return hit;
    }
    return this.register(key, { priority: priorityOf(request), result: this.find(key, found, startedAt, computation) });
  }

  private async register(key: string, flight: Flight): Promise<CachedOutputs> {
    this.flights.set(key, flight);
    try {
      return await flight.result;
    } finally {
      // A request of higher priority may have replaced it with its own flight.
      if (this.flights.get(key) === flight) this.flights.delete(key);
    }
  }

  /** If the shared run fails, the request is computed on its own: the run may have failed only due to its own deadline. */
  private async join(flight: Flight, { timeoutSeconds }: Inference, computation: Computation): Promise<CachedOutputs> {
    let result: CachedOutputs;
    try {
      result = await withDeadline(timeoutSeconds, flight.result);
    } catch (error) {
      if (error instanceof DeadlineExceeded) throw error.httpError;
      this.tally.misses.add(0);
      return { outputs: await computation.run(), outcome: "miss" };
    }
    if (result.outcome === "hit") this.tally.hits.add(0);
    else this.tally.shared++;
    return { outputs: result.outputs, outcome: result.outcome === "hit" ? "hit" : "shared" };
  }

  private async find(
    key: string,
    looking: LookupResult | Promise<LookupResult>,
    startedAt: number,
    computation: Computation,
  ): Promise<CachedOutputs> {
    const found = await looking;
    const hit = this.toHit(found, startedAt);
    if (hit) return hit;
    const isSkipped = typeof found === "string";
    if (isSkipped) this.tally.skip(found);
    else this.tally.misses.add(secondsSince(startedAt));
    const outputs = await computation.run();
    if (!isSkipped && computation.mayStore(outputs)) void this.write(key, outputs);
    return { outputs, outcome: isSkipped ? "skipped" : "miss" };
  }

  private toHit(found: LookupResult, startedAt: number): CachedOutputs | undefined {
    if (!Buffer.isBuffer(found)) return undefined;
    const outputs = unpackTensors(found);
    if (!outputs) {
      this.tally.skip("unreadable");
      return undefined;
    }
    this.tally.hits.add(secondsSince(startedAt));
    return { outputs, outcome: "hit" };
  }

  /** Outputs with NaN or infinities are never stored: they are usually a fault, which must not outlive its cause. */
  private async write(key: string, outputs: Tensors): Promise<void> {
    if (!hasOnlyFiniteNumbers(outputs)) return;
    const packed = packTensors(outputs);
    const failed: SkipReason | undefined =
      packed.length > this.maxEntryBytes ? "too_large" : await this.store.set(key, packed, this.tally);
    if (failed) this.tally.skip(failed);
  }
}

class DeadlineExceeded extends Error {
  readonly httpError = new HttpError(
    contract.codes.timedOut,
    "The request timed out while it waited for the run of another request with the same inputs.",
  );
}

function withDeadline<T>(seconds: number | undefined, result: Promise<T>): Promise<T> {
  if (seconds === undefined) return result;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DeadlineExceeded()), Math.min(seconds * 1000, 2 ** 31 - 1));
    result.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function priorityOf({ priority = DEFAULT_PRIORITY }: Inference): number {
  return priority;
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1000;
}
