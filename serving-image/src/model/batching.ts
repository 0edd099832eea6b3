import type { BatchingConfig } from "../config/settings";
import type { ModelSignature, Tensors, TensorValue } from "../protocol/datatypes";
import { joinRows, takeRows } from "./rows";
import type { ModelRunner } from "./session";
import type { SampleInputs } from "./warm-up";

/** How many rows may share a run of the model, and why not more. */
export interface BatchingPlan {
  readonly maxRows: number;
  /** Whether the first dimension of every tensor counts rows. */
  readonly isBatched: boolean;
  readonly because: string;
}

type Likeness = "equal" | "rounded" | "different";

const DISTINCT_ROWS = 8;
const ROUNDING = 1e-3;

/**
 * Finds out whether requests may share a run. A model says only by its shapes that it takes several rows; whether a
 * row's answer then depends on the others, or is rounded in another way, is seen by computing both ways.
 */
export async function planBatching(
  session: ModelRunner,
  sample: SampleInputs,
  { maxBatchSize, exact }: BatchingConfig,
): Promise<BatchingPlan> {
  const alone = (because: string): BatchingPlan => ({ maxRows: 1, isBatched: false, because });
  if (!hasBatchDimension(session.signature)) return alone("the model has no batch dimension");
  if (maxBatchSize === 1) return alone("batching.maxBatchSize is 1");
  let likeness: Likeness;
  try {
    likeness = await compareBatched(session, sample, maxBatchSize);
  } catch {
    return alone("the model does not compute several rows at once");
  }
  if (likeness === "different") return alone("an answer depends on the other rows of the batch");
  if (likeness === "equal") {
    return { maxRows: maxBatchSize, isBatched: true, because: "answers are equal to the last bit" };
  }
  return exact
    ? { maxRows: 1, isBatched: true, because: "answers are rounded differently in a batch, and batching.exact is true" }
    : { maxRows: maxBatchSize, isBatched: true, because: "rounding differences are accepted" };
}

/** Every tensor's first dimension varies. */
function hasBatchDimension({ inputs, outputs }: ModelSignature): boolean {
  return inputs.length > 0 && [...inputs, ...outputs].every(({ shape }) => shape[0] === -1);
}

async function compareBatched(session: ModelRunner, sample: SampleInputs, maxBatchSize: number): Promise<Likeness> {
  const names = session.signature.outputs.map(({ name }) => name);
  const rows = Array.from({ length: DISTINCT_ROWS }, (_, i) => sample(i + 1));
  const alone: Tensors[] = [];
  for (const row of rows) alone.push((await session.run(row, names)).outputs);
  let worst: Likeness = "equal";
  for (const size of new Set([2, 3, 5, maxBatchSize].filter((size) => size <= maxBatchSize))) {
    const together = Array.from({ length: size }, (_, i) => rows[i % DISTINCT_ROWS] ?? {});
    const { outputs } = await session.run(joinRows(together), names);
    for (let i = 0; i < size; i++) {
      const likeness = compareTensors(takeRows(outputs, names, i, 1), alone[i % DISTINCT_ROWS] ?? {}, names);
      if (likeness === "different") return likeness;
      if (likeness === "rounded") worst = likeness;
    }
  }
  return worst;
}

function compareTensors(a: Tensors, b: Tensors, names: readonly string[]): Likeness {
  const found = names.map((name) => compareTensor(a[name], b[name]));
  if (found.includes("different")) return "different";
  return found.includes("rounded") ? "rounded" : "equal";
}

function compareTensor(a: TensorValue | undefined, b: TensorValue | undefined): Likeness {
  if (!a || !b || a.shape.join() !== b.shape.join()) return "different";
  let likeness: Likeness = "equal";
  for (let i = 0; i < a.data.length; i++) {
    const [x, y] = [a.data[i], b.data[i]];
    if (Object.is(x, y)) continue;
    const isNear =
      a.datatype.startsWith("FP") && Math.abs(Number(x) - Number(y)) <= ROUNDING * Math.max(1, Math.abs(Number(x)));
    if (!isNear) return "different";
    likeness = "rounded";
  }
  return likeness;
}
