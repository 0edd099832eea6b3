import type { Inference } from "../../protocol/inference";
import { elementsOf } from "../rows";
import { type MemoryBudget, overloaded } from "./memory-budget";
import { bytesOfRun, type RunMemory, rowsWithin } from "./run-memory";

const MEBIBYTE = 2 ** 20;

/** Reserves memory for the runs of one model. */
export class RunReservations {
  constructor(
    private readonly budget: MemoryBudget,
    private readonly memory: RunMemory,
    /** The most memory of a run with several rows. */
    private readonly maxBatchBytes: number,
  ) {}

  /** Throws if there is not enough memory for a request, even if nothing else runs. */
  admit(request: Inference): void {
    const needed = this.bytesOf([request]);
    const { freeBytes } = this.budget;
    if (needed <= Math.max(freeBytes, this.memory.firstRowBytes)) return;
    const [need, free] = [needed, freeBytes].map((bytes) => `${Math.round(bytes / MEBIBYTE)} MiB`);
    throw overloaded(`the request needs about ${need} of memory, but only ${free} are free`);
  }

  /** The most rows of a run that starts with a request. */
  maxRowsWith({ inputs, rows }: Inference): number {
    return rowsWithin(this.memory, Math.min(this.maxBatchBytes, this.budget.freeBytes), elementsOf(inputs) / rows);
  }

  /** Reserves the memory of a run. Returns a function that releases it, or undefined if the run has to wait. */
  reserve(batch: readonly Inference[]): (() => void) | undefined {
    const bytes = this.bytesOf(batch);
    return this.budget.reserveRun(bytes) ? () => this.budget.releaseRun(bytes) : undefined;
  }

  onRelease(listener: () => void): void {
    this.budget.onRelease(listener);
  }

  removeListener(listener: () => void): void {
    this.budget.removeListener(listener);
  }

  private bytesOf(batch: readonly Inference[]): number {
    let [rows, elements] = [0, 0];
    for (const one of batch) {
      rows += one.rows;
      elements += elementsOf(one.inputs);
    }
    return bytesOfRun(this.memory, rows, elements);
  }
}
