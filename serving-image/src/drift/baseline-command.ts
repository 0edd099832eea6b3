import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { reasonOf } from "../core/start-up-error";
import { makeBaseline } from "./make-baseline";
import type { Baseline } from "./settings";

const USAGE = "Usage: slipway-serving baseline SAMPLES [--version VERSION] [--bins 10]";

/** Writes the baseline of a file of samples to stdout: `slipway-serving baseline samples.json --version 1.1.0`. */
export function baselineCommand(words: string[]): void {
  try {
    process.stdout.write(`${JSON.stringify(baselineFor(words), undefined, 2)}\n`);
  } catch (error) {
    process.stderr.write(`slipway-serving: ${reasonOf(error)}.\n${USAGE}\n`);
    process.exitCode = 1;
  }
}

function baselineFor(words: string[]): Baseline {
  const options = { version: { type: "string" }, bins: { type: "string", default: "10" } } as const;
  const { values, positionals } = parseArgs({ args: words, options, allowPositionals: true });
  const bins = Number(values.bins);
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0 || !(Number.isInteger(bins) && bins >= 2 && bins <= 100))
    throw new Error("name one file of samples, and from 2 to 100 bins");
  return makeBaseline(JSON.parse(readFileSync(file, "utf8")), bins, values.version);
}
