import type { Tensors } from "../protocol/datatypes";
import { joinRows, takeRows } from "./rows";
import type { ModelRun, ModelSession } from "./session";

/** One request to compute. */
export interface Inference {
  readonly inputs: Tensors;
  /** Rows along the batch dimension. */
  readonly rows: number;
  /** Names of the outputs that are asked for. */
  readonly outputs: readonly string[];
}

/** Is told what happened, for the metrics. */
export interface BatchObserver {
  /** A request waited this long for its run. */
  queued(seconds: number): void;
  /** A run of the model took this long, over so many rows. */
  computed(seconds: number, rows: number): void;
}

interface Waiting {
  readonly asked: Inference;
  readonly since: number;
  readonly resolve: (outputs: Tensors) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs what is waiting together. Requests that arrive in one turn of the event loop, or while the model computes, share
 * the next run; an idle server starts at once, so that nobody ever waits for company.
 */
export class Batcher {
  private waiting: Waiting[] = [];

  constructor(
    private readonly session: ModelSession,
    private readonly maxRows: number,
    private readonly observer: BatchObserver,
  ) {}

  infer(inference: Inference): Promise<Tensors> {
    return new Promise((resolve, reject) => {
      if (this.waiting.length === 0) setImmediate(() => this.runWaiting());
      this.waiting.push({ asked: inference, since: performance.now(), resolve, reject });
    });
  }

  private runWaiting(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const batch of this.batchesOf(waiting)) void this.runBatch(batch);
  }

  /** Only requests whose rows have the same shape can share a run. */
  private batchesOf(waiting: readonly Waiting[]): Waiting[][] {
    if (this.maxRows === 1) return waiting.map((one) => [one]);
    const batches: Waiting[][] = [];
    const open = new Map<string, { batch: Waiting[]; rows: number }>();
    for (const one of waiting) {
      const key = rowShapeOf(one.asked.inputs);
      const current = open.get(key);
      if (current && current.rows + one.asked.rows <= this.maxRows) {
        current.batch.push(one);
        current.rows += one.asked.rows;
      } else {
        const batch = [one];
        batches.push(batch);
        open.set(key, { batch, rows: one.asked.rows });
      }
    }
    return batches;
  }

  private async runBatch(batch: readonly Waiting[]): Promise<void> {
    const [first] = batch;
    if (!first) return;
    if (batch.length === 1) return this.runAlone(first);
    let run: ModelRun;
    const rows = batch.reduce((sum, one) => sum + one.asked.rows, 0);
    try {
      run = await this.session.run(joinRows(batch.map((one) => one.asked.inputs)), outputsOf(batch));
    } catch {
      // One request that the model cannot compute must not fail the others; alone each gets its own answer.
      await Promise.all(batch.map((one) => this.runAlone(one)));
      return;
    }
    this.observe(run, batch, rows);
    let from = 0;
    for (const one of batch) {
      one.resolve(takeRows(run.outputs, one.asked.outputs, from, one.asked.rows));
      from += one.asked.rows;
    }
  }

  private async runAlone(one: Waiting): Promise<void> {
    try {
      const run = await this.session.run(one.asked.inputs, one.asked.outputs);
      this.observe(run, [one], one.asked.rows);
      one.resolve(run.outputs);
    } catch (error) {
      one.reject(error);
    }
  }

  private observe(run: ModelRun, batch: readonly Waiting[], rows: number): void {
    this.observer.computed(run.seconds, rows);
    for (const one of batch) this.observer.queued((run.startedAt - one.since) / 1000);
  }
}

function rowShapeOf(inputs: Tensors): string {
  let key = "";
  for (const name in inputs) key += `${inputs[name]?.shape.slice(1).join()};`;
  return key;
}

function outputsOf(batch: readonly Waiting[]): readonly string[] {
  const [first] = batch;
  if (first && batch.every((one) => one.asked.outputs === first.asked.outputs)) return first.asked.outputs;
  return [...new Set(batch.flatMap((one) => one.asked.outputs))];
}
