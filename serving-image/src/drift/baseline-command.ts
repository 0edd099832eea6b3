import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { reasonOf } from "../core/start-up-error";
import { makeBaseline } from "./make-baseline";
import type { Baseline } from "./settings";

const USAGE = "Usage: slipway-serving baseline SAMPLES [--version VERSION] [--bins 10]";

/** Writes a baseline for a file of samples to stdout: `slipway-serving baseline samples.json --version 1.1.0`. */
export function baselineCommand(args: string[]): void {
  try {
    process.stdout.write(`${JSON.stringify(baselineFor(args), undefined, 2)}\n`);
  } catch (error) {
    process.stderr.write(`slipway-serving: ${reasonOf(error)}.\n${USAGE}\n`);
    process.exitCode = 1;
  }
}

function baselineFor(args: string[]): Baseline {
  const options = { version: { type: "string" }, bins: { type: "string", default: "10" } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const bins = Number(values.bins);
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0 || !(Number.isInteger(bins) && bins >= 2 && bins <= 100))
    throw new Error("pass exactly one file of samples, and --bins from 2 to 100");
  return makeBaseline(JSON.parse(readFileSync(file, "utf8")), bins, values.version);
}
