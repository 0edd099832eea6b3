import type { Tensors, TensorValue } from "../protocol/datatypes";
import { joinRows, takeRows } from "./rows";
import type { ModelRunner } from "./session";
import type { SampleInputs, SampleVariant } from "./warm-up/invented-inputs";

export type Similarity = "equal" | "rounded" | "different";

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
/** The last bits depend on how many elements there are, and on their place in memory. */
const LENGTHS = [7, 16, 33, 128, 1];
/** Always compared; the largest batch is another one. */
const BATCH_SIZES = [2, 3, 5];
/** Compared as well while there is time: the runtime computes by kernels for 1, 2, 4, 8, 12, 16 … rows. */
const MORE_BATCH_SIZES = [4, 7, 8, 13, 16, 17, 6, 9, 12, 31];
const MORE_SECONDS = 1;
const ROUNDING = 1e-3;

/**
 * Computes the same rows together and alone.
 * @param isMixed whether rows of very different scales are compared as well
 */
export async function compareBatched(
  session: ModelRunner,
  sample: SampleInputs,
  maxBatchSize: number,
  isMixed: boolean,
): Promise<Comparison> {
  const comparer = new Comparer(session, sample, isMixed);
  const isOpen = session.signature.inputs.some(({ shape }) => shape.slice(1).includes(-1));
  const sizes = [...BATCH_SIZES, maxBatchSize];
  await comparer.compare(sizes, undefined, maxBatchSize);
  const until = performance.now() + MORE_SECONDS * 1000;
  for (const length of isOpen ? LENGTHS : []) {
    if (comparer.similarity === "different") break;
    await comparer.compareLength(performance.now() < until ? sizes : BATCH_SIZES.slice(0, 1), length, maxBatchSize);
  }
  for (const size of MORE_BATCH_SIZES) {
    if (comparer.similarity === "different" || performance.now() >= until) break;
    await comparer.compare([size], undefined, maxBatchSize);
  }
  const { similarity, batchSizes, lengths } = comparer;
  return { similarity, batchSizes: [...batchSizes].sort((a, b) => a - b), lengths: [...lengths].sort((a, b) => a - b) };
}

/** Compares one number of rows after another. */
class Comparer {
  similarity: Similarity = "equal";
  readonly batchSizes = new Set<number>();
  readonly lengths = new Set<number>();
  private readonly names: readonly string[];
  private readonly alone = new Map<number | undefined, { rows: readonly Tensors[]; results: readonly Tensors[] }>();

  constructor(
    private readonly session: ModelRunner,
    private readonly sample: SampleInputs,
    private readonly isMixed: boolean,
  ) {
    this.names = session.signature.outputs.map(({ name }) => name);
  }

  /** A model may not accept this length; then it is not compared. */
  async compareLength(sizes: readonly number[], length: number, maxBatchSize: number): Promise<void> {
    try {
      await this.computeAlone(length);
    } catch {
      return;
    }
    this.lengths.add(length);
    await this.compare(sizes, length, maxBatchSize);
  }

  async compare(sizes: readonly number[], length: number | undefined, maxBatchSize: number): Promise<void> {
    const { rows, results } = await this.computeAlone(length);
    for (const size of new Set(sizes.filter((one) => one <= maxBatchSize))) {
      this.batchSizes.add(size);
      const together = Array.from({ length: size }, (_, i) => rows[i % rows.length] ?? {});
      const { outputs } = await this.session.run(joinRows(together), this.names);
      for (let i = 0; i < size; i++) {
        this.add(compareTensors(takeRows(outputs, this.names, i, 1), results[i % rows.length] ?? {}, this.names));
      }
      if (this.similarity === "different") return;
    }
  }

  private add(similarity: Similarity): void {
    if (this.similarity === "equal" || similarity === "different") this.similarity = similarity;
  }

  private async computeAlone(
    length: number | undefined,
  ): Promise<{ rows: readonly Tensors[]; results: readonly Tensors[] }> {
    const known = this.alone.get(length);
    if (known) return known;
    const rows: Tensors[] = [];
    const results: Tensors[] = [];
    for (const [i, scale] of SCALES.entries()) {
      const { row, result } = await this.computeRow(i + 1, length, this.isMixed ? scale : 1);
      rows.push(row);
      results.push(result);
    }
    this.alone.set(length, { rows, results });
    return { rows, results };
  }

  /** A model may not accept values of every scale; those that are tried at warm-up it does. */
  private async computeRow(
    seed: number,
    length: number | undefined,
    scale: number,
  ): Promise<{ row: Tensors; result: Tensors }> {
    const variant: SampleVariant = length === undefined ? { scale } : { scale, length };
    const row = this.sample(seed, variant);
    try {
      return { row, result: (await this.session.run(row, this.names)).outputs };
    } catch (error) {
      if (scale === 1) throw error;
      return this.computeRow(seed, length, 1);
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
