import { contract } from "../../core/contract";
import { HttpError } from "../../core/http-error";

/**
 * The rest is for garbage that is not collected yet, and for memory that is not measured. The C library keeps much of the
 * memory that is freed, unless its environment says otherwise, as that of the image does.
 */
const USABLE_SHARE = process.env["MALLOC_MMAP_THRESHOLD_"] === undefined ? 0.6 : 0.9;
/** Waiting requests may occupy this share of what is free, if the runs leave it. */
const WAITING_SHARE = 0.25;
/** A request that arrives exists as it arrived and as tensors, of which a worker has a copy. */
const COPIES = 3;
/** A request of less is not accounted for: the length of the queue bounds their number. */
const SMALL_BYTES = 64 * 1024;
const MIN_WAITING_BYTES = 16 * 2 ** 20;

/** How the memory of the server is divided among waiting requests and runs, so that it never exceeds its limit. */
export class MemoryBudget {
  /** Memory of the server without requests. */
  private idleBytes = 0;
  /** Memory of the largest run that every request of a model needs. */
  private largestRunBytes = 0;
  private runBytes = 0;
  private waitingBytes = 0;
  private readonly listeners = new Set<() => void>();

  /** @param limitBytes the memory limit; undefined if there is none */
  constructor(readonly limitBytes: number | undefined) {}

  /** Takes into account a model that was loaded. */
  add(idleBytes: number, runBytes: number): void {
    this.idleBytes = idleBytes;
    this.largestRunBytes = Math.max(this.largestRunBytes, runBytes);
  }

  /** Memory for runs and waiting requests. */
  get freeBytes(): number {
    return this.limitBytes === undefined ? Infinity : Math.max(0, this.limitBytes * USABLE_SHARE - this.idleBytes);
  }

  /** Reserves memory for a run; false if the other runs and the waiting requests leave too little. */
  reserveRun(bytes: number): boolean {
    // One run may always start: its model was measured on this machine, so there is memory for it.
    if (this.runBytes > 0 && this.runBytes + this.waitingBytes + bytes > this.freeBytes) return false;
    this.runBytes += bytes;
    return true;
  }

  releaseRun(bytes: number): void {
    this.runBytes -= bytes;
    this.report();
  }

  /**
   * Holds memory for a request of a size that arrives or waits; throws if there is too little.
   * @returns a function that releases it
   */
  hold(size: number): () => void {
    if (size < SMALL_BYTES || this.limitBytes === undefined) return noop;
    const bytes = size * COPIES;
    const free = this.freeBytes;
    const most = Math.max(MIN_WAITING_BYTES, Math.min(free * WAITING_SHARE, free - this.largestRunBytes));
    if (this.waitingBytes + bytes > most) throw overloaded("the waiting requests occupy the memory of the server");
    this.waitingBytes += bytes;
    return () => {
      this.waitingBytes -= bytes;
      this.report();
    };
  }

  /** Calls back whenever memory was released. */
  onRelease(listener: () => void): void {
    this.listeners.add(listener);
  }

  removeListener(listener: () => void): void {
    this.listeners.delete(listener);
  }

  private report(): void {
    for (const listener of this.listeners) listener();
  }
}

/** Releases nothing. */
export const noop = (): void => undefined;

export function overloaded(reason: string): HttpError {
  const message = `The server is overloaded: ${reason} (limits.memoryBytes).`;
  return new HttpError(contract.codes.overloaded, message, { "retry-after": "1" });
}
