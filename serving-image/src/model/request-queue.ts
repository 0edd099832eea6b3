import type { Callback } from "../core/callback";
import type { Tensors } from "../protocol/datatypes";
import type { Inference } from "../protocol/inference";
import { DEFAULT_PRIORITY } from "../protocol/scheduling-hints";

/** The client that waits for a prediction. */
export interface Caller {
  /** Whether the client has disconnected. */
  isGone(): boolean;
}

/** A request in the queue; times are those of `performance.now()`. */
export interface QueuedRequest {
  readonly request: Inference;
  readonly queuedAt: number;
  /** When it times out. */
  readonly deadline: number;
  readonly caller: Caller;
  readonly callback: Callback<Tensors>;
}

/** Every so many batches begin with the request that has waited longest, so that none with a low priority waits for ever. */
const TAKES_PER_PROMOTION = 8;
/** A request that has waited for less than this is not promoted, in milliseconds. */
const PROMOTED_AFTER_MS = 5000;

/** Requests that wait for a run of the model, by priority and then by arrival. */
export class RequestQueue {
  private waiting: QueuedRequest[] = [];
  private earliest = Infinity;
  private takes = 0;

  get length(): number {
    return this.waiting.length;
  }

  /** When the first deadline passes, or Infinity if there is none. It may be too early, but never too late. */
  get earliestDeadline(): number {
    return this.earliest;
  }

  /** When the request at the head of the queue was added. */
  get headQueuedAt(): number {
    return this.waiting[0]?.queuedAt ?? Infinity;
  }

  get rows(): number {
    return this.waiting.reduce((sum, { request }) => sum + request.rows, 0);
  }

  add(one: QueuedRequest): void {
    const priority = priorityOf(one);
    let index = this.waiting.length;
    for (let before; index > 0 && (before = this.waiting[index - 1]) && priorityOf(before) > priority;) index--;
    if (index === this.waiting.length) this.waiting.push(one);
    else this.waiting.splice(index, 0, one);
    this.earliest = Math.min(this.earliest, one.deadline);
  }

  /**
   * Removes the first request and those that fit into its run: their rows have the same shape, and there is room. A request
   * without rows runs alone, since many models reject it.
   */
  take(maxRows: number, now: number): QueuedRequest[] {
    if (++this.takes % TAKES_PER_PROMOTION === 0) this.promoteLongestWaiting(now);
    const [first] = this.waiting;
    if (!first) return [];
    if (maxRows === 1 || this.waiting.length === 1 || first.request.rows === 0) return this.waiting.splice(0, 1);
    const shape = rowShapeOf(first.request.inputs);
    const batch: QueuedRequest[] = [];
    const rest: QueuedRequest[] = [];
    let rows = 0;
    for (const one of this.waiting) {
      const fits = rows === 0 || (one.request.rows > 0 && rows + one.request.rows <= maxRows);
      if (fits && rowShapeOf(one.request.inputs) === shape) {
        batch.push(one);
        rows += one.request.rows;
      } else rest.push(one);
    }
    this.waiting = rest;
    return batch;
  }

  /** The request at the head of the queue. */
  get head(): QueuedRequest | undefined {
    return this.waiting[0];
  }

  /** Returns requests that cannot be computed yet to the head of the queue. */
  putBack(batch: readonly QueuedRequest[]): void {
    this.waiting.unshift(...batch);
  }

  takeExpired(now: number): QueuedRequest[] {
    if (this.earliest > now) return [];
    const expired = this.waiting.filter(({ deadline }) => deadline <= now);
    this.waiting = this.waiting.filter(({ deadline }) => deadline > now);
    this.earliest = this.waiting.reduce((earliest, { deadline }) => Math.min(earliest, deadline), Infinity);
    return expired;
  }

  /** Moves the request that has waited longest to the head, from where it is taken next. */
  private promoteLongestWaiting(now: number): void {
    let [longest] = this.waiting;
    for (const one of this.waiting) if (longest && one.queuedAt < longest.queuedAt) longest = one;
    if (!longest || longest === this.waiting[0] || now - longest.queuedAt < PROMOTED_AFTER_MS) return;
    this.waiting.splice(this.waiting.indexOf(longest), 1);
    this.waiting.unshift(longest);
  }
}

function priorityOf({ request }: QueuedRequest): number {
  return request.priority ?? DEFAULT_PRIORITY;
}

function rowShapeOf(inputs: Tensors): string {
  let key = "";
  for (const name in inputs) key += `${inputs[name]?.shape.slice(1).join()};`;
  return key;
}
