import { joinRows } from "./rows";
import type { ModelRunner } from "./session";
import type { SampleInputs } from "./warm-up/invented-inputs";

const RUNS = 5;

/** Measures a run of so many rows, in seconds: the fastest of a few, since load on the machine only adds time. */
export async function measureRun(model: ModelRunner, sample: SampleInputs, rows: number): Promise<number> {
  const names = model.signature.outputs.map(({ name }) => name);
  const inputs = rows === 1 ? sample(1) : joinRows(Array.from({ length: rows }, (_, i) => sample(i + 1)));
  let fastest = Infinity;
  for (let run = 0; run < RUNS; run++) fastest = Math.min(fastest, (await model.run(inputs, names)).seconds);
  return fastest;
}
