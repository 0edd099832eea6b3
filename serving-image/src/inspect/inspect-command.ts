import { reasonOf } from "../core/start-up-error";
import { MalformedModelError } from "../model/graph/wire-reader";
import { describeModelFile } from "./describe-model-file";

const USAGE = "Usage: slipway-serving inspect MODEL";

/** Writes what a model file contains to stdout, as JSON. It only reads the file: `slipway inspect` also runs the model. */
export function inspectCommand(args: string[]): void {
  const [file, ...more] = args;
  if (file === undefined || file.startsWith("-") || more.length > 0) {
    fail(`pass exactly one model file.\n${USAGE}`);
    return;
  }
  try {
    process.stdout.write(`${JSON.stringify(describeModelFile(file), undefined, 2)}\n`);
  } catch (error) {
    fail(
      error instanceof MalformedModelError ? `${file} is not an ONNX file: ${reasonOf(error)}.` : `${reasonOf(error)}.`,
    );
  }
}

function fail(message: string): void {
  process.stderr.write(`slipway-serving: ${message}\n`);
  process.exitCode = 1;
}
