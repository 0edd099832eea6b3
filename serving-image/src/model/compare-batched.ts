import type { Tensors, TensorValue } from "../protocol/datatypes";
import { joinRows, takeRows } from "./rows";
import type { ModelRunner } from "./session";
import type { SampleInputs } from "./warm-up/invented-inputs";

type Similarity = "equal" | "rounded" | "different";

/** How similar the results of rows are that are computed together and alone. */
export interface Comparison {
  readonly similarity: Similarity;
  /** The numbers of rows that were computed together. */
  readonly batchSizes: readonly number[];
  /** The sizes that were tried for open dimensions; empty if the model has none. */
  readonly lengths: readonly number[];
}

/** Rows of one scale do not show a result that depends on the largest of them. */
const SCALES = [1, 1, 1, 1, 1e-3, 1e3, 30, 0.05];
/** A model that computes the first rows in less than this gets more: a last bit differs in few rows only. */
const MORE_ROWS_SECONDS = 0.02;
const MORE_ROWS = 32;
/** The last bits depend on how many elements there are, and on their place in memory. */
const LENGTHS = [7, 16, 33, 128, 1];
/** Always compared; the largest batch is another one. */
const BATCH_SIZES = [2, 3, 5];
/** Compared as well while there is time: the runtime computes by kernels for 1, 2, 4, 8, 12, 16 … rows. */
const MORE_BATCH_SIZES = [4, 7, 8, 13, 16, 17, 6, 9, 12, 31];
const MORE_SECONDS = 1;
const ROUNDING = 1e-3;

interface CompareOptions {
  readonly maxBatchSize: number;
  /** Whether rows of very different scales are compared as well. */
  readonly isMixed: boolean;
  /** Whether results that are only rounded otherwise need no further comparison. */
  readonly isExact: boolean;
}

/** Computes the same rows together and alone. */
export async function compareBatched(
  session: ModelRunner,
  sample: SampleInputs,
  options: CompareOptions,
): Promise<Comparison> {
  const comparer = new Comparer(session, sample, options);
  const isOpen = session.signature.inputs.some(({ shape }) => shape.slice(1).includes(-1));
  const sizes = [...BATCH_SIZES, options.maxBatchSize];
  await comparer.compare(sizes);
  const until = performance.now() + MORE_SECONDS * 1000;
  for (const [i, length] of (isOpen ? LENGTHS : []).entries()) {
    // At least one other length than that of the warm-up, however long that takes.
    if (comparer.isDecided || (i > 0 && performance.now() >= until)) break;
    await comparer.compareLength(sizes, length);
  }
  for (const size of MORE_BATCH_SIZES) {
    if (comparer.isDecided || performance.now() >= until) break;
    await comparer.compare([size]);
  }
  const { similarity, batchSizes, lengths } = comparer;
  return { similarity, batchSizes: [...batchSizes].sort((a, b) => a - b), lengths: [...lengths].sort((a, b) => a - b) };
}

/** Rows and what the model makes of each alone. */
interface ComputedRows {
  readonly rows: Tensors[];
  readonly results: Tensors[];
}

/** Compares one number of rows after another. */
class Comparer {
  similarity: Similarity = "equal";
  readonly batchSizes = new Set<number>();
  readonly lengths = new Set<number>();
  private readonly names: readonly string[];
  private readonly alone = new Map<number | undefined, ComputedRows>();

  constructor(
    private readonly session: ModelRunner,
    private readonly sample: SampleInputs,
    private readonly options: CompareOptions,
  ) {
    this.names = session.signature.outputs.map(({ name }) => name);
  }

  /** Whether more comparisons would change nothing. */
  get isDecided(): boolean {
    return this.similarity === "different" || (this.options.isExact && this.similarity === "rounded");
  }

  /** A model may not accept this length; then it is not compared. */
  async compareLength(sizes: readonly number[], length: number): Promise<void> {
    try {
      await this.computeAlone(length);
    } catch {
      return;
    }
    this.lengths.add(length);
    await this.compare(sizes, length);
  }

  /** Computes all rows in batches of each size, so that rows have different places. */
  async compare(sizes: readonly number[], length?: number): Promise<void> {
    const computed = await this.computeAlone(length);
    for (const size of new Set(sizes.filter((one) => one <= this.options.maxBatchSize))) {
      this.batchSizes.add(size);
      for (let from = 0; from < computed.rows.length && !this.isDecided; from += size) {
        await this.compareBatch(computed, from, size);
      }
    }
  }

  private async compareBatch({ rows, results }: ComputedRows, from: number, size: number): Promise<void> {
    const indices = Array.from({ length: size }, (_, i) => (from + i) % rows.length);
    const { outputs } = await this.session.run(joinRows(indices.map((index) => rows[index] ?? {})), this.names);
    for (const [i, index] of indices.entries()) {
      const similarity = compareTensors(takeRows(outputs, this.names, i, 1), results[index] ?? {}, this.names);
      if (this.similarity === "equal" || similarity === "different") this.similarity = similarity;
    }
  }

  private async computeAlone(length: number | undefined): Promise<ComputedRows> {
    const known = this.alone.get(length);
    if (known) return known;
    const computed: ComputedRows = { rows: [], results: [] };
    const startedAt = performance.now();
    for (let i = 0; i < MORE_ROWS; i++) {
      if (i >= SCALES.length && performance.now() - startedAt > MORE_ROWS_SECONDS * 1000) break;
      await this.addRow(computed, i + 1, length, this.options.isMixed ? (SCALES[i % SCALES.length] ?? 1) : 1);
    }
    this.alone.set(length, computed);
    return computed;
  }

  /** A model may not accept values of every scale; those that are tried at warm-up it does. */
  private async addRow(computed: ComputedRows, seed: number, length: number | undefined, scale: number): Promise<void> {
    const row = this.sample(seed, length === undefined ? { scale } : { scale, length });
    try {
      const { outputs } = await this.session.run(row, this.names);
      computed.rows.push(row);
      computed.results.push(outputs);
    } catch (error) {
      if (scale === 1) throw error;
      await this.addRow(computed, seed, length, 1);
    }
  }
}

function compareTensors(a: Tensors, b: Tensors, names: readonly string[]): Similarity {
  const found = names.map((name) => compareTensor(a[name], b[name]));
  if (found.includes("different")) return "different";
  return found.includes("rounded") ? "rounded" : "equal";
}

function compareTensor(a: TensorValue | undefined, b: TensorValue | undefined): Similarity {
  if (!a || !b || a.shape.join() !== b.shape.join()) return "different";
  let similarity: Similarity = "equal";
  let tolerance: number | undefined;
  for (let i = 0; i < a.data.length; i++) {
    const [x, y] = [a.data[i], b.data[i]];
    if (Object.is(x, y)) continue;
    tolerance ??= toleranceOf(a);
    if (!(Math.abs(Number(x) - Number(y)) <= tolerance)) return "different";
    similarity = "rounded";
  }
  return similarity;
}

/** Rounding is relative to the largest element, of which the others may be differences. */
function toleranceOf({ datatype, data }: TensorValue): number {
  if (!datatype.startsWith("FP")) return 0;
  let largest = 1;
  for (const element of data)
    if (Number.isFinite(Number(element))) largest = Math.max(largest, Math.abs(Number(element)));
  return ROUNDING * largest;
}
