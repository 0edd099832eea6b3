import type { BatchingConfig } from "../config/settings";
import type { ModelSignature, Tensors, TensorValue } from "../protocol/datatypes";
import { joinRows, takeRows } from "./rows";
import type { ModelRunner } from "./session";
import type { SampleInputs } from "./warm-up/invented-inputs";

/** How many rows may share a run of the model, and why. */
export interface BatchingPlan {
  readonly maxRows: number;
  /** Whether the first dimension of every tensor is the batch dimension. */
  readonly isBatched: boolean;
  readonly reason: string;
}

type Similarity = "equal" | "rounded" | "different";

const DISTINCT_ROWS = 8;
const ROUNDING = 1e-3;

/**
 * Determines whether requests may share a run. A model's shapes only show that it accepts several rows. Whether a row's
 * result depends on the other rows, or is rounded differently, is found by computing both ways.
 */
export async function planBatching(
  session: ModelRunner,
  sample: SampleInputs,
  { maxBatchSize, exact }: BatchingConfig,
): Promise<BatchingPlan> {
  const alone = (reason: string): BatchingPlan => ({ maxRows: 1, isBatched: false, reason });
  if (!isBatchable(session.signature)) return alone("the model has no batch dimension");
  if (maxBatchSize === 1) return alone("batching.maxBatchSize is 1");
  let similarity: Similarity;
  try {
    similarity = await compareBatched(session, sample, maxBatchSize);
  } catch {
    return alone("the model cannot compute several rows at once");
  }
  if (similarity === "different") return alone("the result of a row depends on the other rows of the batch");
  if (similarity === "equal") {
    return { maxRows: maxBatchSize, isBatched: true, reason: "batched results are bit-identical" };
  }
  return exact
    ? { maxRows: 1, isBatched: true, reason: "batched results are rounded differently, and batching.exact is true" }
    : { maxRows: maxBatchSize, isBatched: true, reason: "rounding differences are accepted" };
}

/** Whether the first dimension of every tensor is dynamic. */
export function isBatchable({ inputs, outputs }: ModelSignature): boolean {
  return inputs.length > 0 && [...inputs, ...outputs].every(({ shape }) => shape[0] === -1);
}

async function compareBatched(session: ModelRunner, sample: SampleInputs, maxBatchSize: number): Promise<Similarity> {
  const names = session.signature.outputs.map(({ name }) => name);
  const rows = Array.from({ length: DISTINCT_ROWS }, (_, i) => sample(i + 1));
  const alone: Tensors[] = [];
  for (const row of rows) alone.push((await session.run(row, names)).outputs);
  let worst: Similarity = "equal";
  for (const size of new Set([2, 3, 5, maxBatchSize].filter((size) => size <= maxBatchSize))) {
    const together = Array.from({ length: size }, (_, i) => rows[i % DISTINCT_ROWS] ?? {});
    const { outputs } = await session.run(joinRows(together), names);
    for (let i = 0; i < size; i++) {
      const similarity = compareTensors(takeRows(outputs, names, i, 1), alone[i % DISTINCT_ROWS] ?? {}, names);
      if (similarity === "different") return similarity;
      if (similarity === "rounded") worst = similarity;
    }
  }
  return worst;
}

function compareTensors(a: Tensors, b: Tensors, names: readonly string[]): Similarity {
  const found = names.map((name) => compareTensor(a[name], b[name]));
  if (found.includes("different")) return "different";
  return found.includes("rounded") ? "rounded" : "equal";
}

function compareTensor(a: TensorValue | undefined, b: TensorValue | undefined): Similarity {
  if (!a || !b || a.shape.join() !== b.shape.join()) return "different";
  let similarity: Similarity = "equal";
  for (let i = 0; i < a.data.length; i++) {
    const [x, y] = [a.data[i], b.data[i]];
    if (Object.is(x, y)) continue;
    const isNear =
      a.datatype.startsWith("FP") && Math.abs(Number(x) - Number(y)) <= ROUNDING * Math.max(1, Math.abs(Number(x)));
    if (!isNear) return "different";
    similarity = "rounded";
  }
  return similarity;
}
