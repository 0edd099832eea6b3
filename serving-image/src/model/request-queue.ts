import type { Reply } from "../core/reply";
import type { Tensors } from "../protocol/datatypes";
import type { Inference } from "../protocol/inference";
import { DEFAULT_PRIORITY } from "../protocol/urgency";

/** Who asks for a prediction. */
export interface Caller {
  /** Whether nobody waits for the answer any more. */
  isGone(): boolean;
}

/** A request in the queue; moments are those of `performance.now()`. */
export interface Waiting {
  readonly asked: Inference;
  readonly since: number;
  /** When it is of no more use. */
  readonly deadline: number;
  readonly caller: Caller;
  readonly reply: Reply<Tensors>;
}

/** Requests that wait for a run of the model: the most urgent first, and among those the one that came first. */
export class RequestQueue {
  private waiting: Waiting[] = [];
  private earliest = Infinity;

  get length(): number {
    return this.waiting.length;
  }

  /** When the first deadline passes; Infinity while nobody has one. Never too late, perhaps too early. */
  get earliestDeadline(): number {
    return this.earliest;
  }

  /** Since when the next one to run has been waiting. */
  get headSince(): number {
    return this.waiting[0]?.since ?? Infinity;
  }

  get rows(): number {
    return this.waiting.reduce((sum, { asked }) => sum + asked.rows, 0);
  }

  add(one: Waiting): void {
    const priority = priorityOf(one);
    let place = this.waiting.length;
    for (let before; place > 0 && (before = this.waiting[place - 1]) && priorityOf(before) > priority;) place--;
    if (place === this.waiting.length) this.waiting.push(one);
    else this.waiting.splice(place, 0, one);
    this.earliest = Math.min(this.earliest, one.deadline);
  }

  /** Takes the first request, and those that can share its run: their rows have the same shape, and there is room. */
  take(maxRows: number): Waiting[] {
    const [first] = this.waiting;
    if (!first) return [];
    if (maxRows === 1 || this.waiting.length === 1) return this.waiting.splice(0, 1);
    const shape = rowShapeOf(first.asked.inputs);
    const batch: Waiting[] = [];
    const rest: Waiting[] = [];
    let rows = 0;
    for (const one of this.waiting) {
      const fits = rows === 0 || rows + one.asked.rows <= maxRows;
      if (fits && rowShapeOf(one.asked.inputs) === shape) {
        batch.push(one);
        rows += one.asked.rows;
      } else rest.push(one);
    }
    this.waiting = rest;
    return batch;
  }

  takeExpired(now: number): Waiting[] {
    if (this.earliest > now) return [];
    const expired = this.waiting.filter(({ deadline }) => deadline <= now);
    this.waiting = this.waiting.filter(({ deadline }) => deadline > now);
    this.earliest = this.waiting.reduce((earliest, { deadline }) => Math.min(earliest, deadline), Infinity);
    return expired;
  }
}

function priorityOf({ asked }: Waiting): number {
  return asked.priority ?? DEFAULT_PRIORITY;
}

function rowShapeOf(inputs: Tensors): string {
  let key = "";
  for (const name in inputs) key += `${inputs[name]?.shape.slice(1).join()};`;
  return key;
}
