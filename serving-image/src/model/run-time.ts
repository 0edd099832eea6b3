import { joinRows } from "./rows";
import type { ModelRunner } from "./session";
import type { SampleInputs } from "./warm-up";

const RUNS = 5;

/** Seconds that one run of so many rows takes: the fastest of a few, for a busy machine only ever adds. */
export async function measureRun(model: ModelRunner, sample: SampleInputs, rows: number): Promise<number> {
  const names = model.signature.outputs.map(({ name }) => name);
  const inputs = rows === 1 ? sample(1) : joinRows(Array.from({ length: rows }, (_, i) => sample(i + 1)));
  let fastest = Infinity;
  for (let run = 0; run < RUNS; run++) fastest = Math.min(fastest, (await model.run(inputs, names)).seconds);
  return fastest;
}
