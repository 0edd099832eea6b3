import { readFileSync } from "node:fs";
import {
  defaulted,
  join,
  list,
  map,
  object,
  optional,
  quote,
  required,
  wrongType,
  type Check,
  type Parsed,
} from "../../../core/checks/check";
import { number, semver, text } from "../../../core/checks/values";
import { formatFinding } from "../../../core/findings/finding";
import { Diagnostics } from "../../../core/findings/diagnostics";
import { DriverError } from "../../common/driver-error";

/** One element of a tensor, as in JSON. */
export type Element = number | string | boolean;

const element: Check<Element> = (value, path, diagnostics) =>
  typeof value === "number" || typeof value === "string" || typeof value === "boolean"
    ? value
    : wrongType(value, path, diagnostics, "a number, a text, true or false");

const shape = list(number({ min: 1, whole: true }));
const tensor = { name: required(text), datatype: required(text), shape: required(shape) };
const sample = {
  inputs: required(map(list(element))),
  label: optional(element),
  expected: defaulted(map(map(list(element)), semver), {}),
};
const sampleFile = {
  model: required(text),
  inputs: required(list(object(tensor))),
  outputs: required(list(object({ ...tensor, tolerance: defaulted(number({ min: 0 }), 0) }))),
  labelOutput: optional(text),
  samples: required(list(object(sample))),
};

/** Recorded requests, and the answers of each version to them. */
export type Samples = Parsed<typeof sampleFile>;
export type Sample = Samples["samples"][number];

/** Reads a file of samples, and reports all problems with it at once. */
export function readSamples(file: string): Samples {
  const diagnostics = new Diagnostics();
  const samples = object(sampleFile)(parse(file), "", diagnostics);
  if (samples !== undefined) checkSizes(samples, diagnostics);
  if (samples === undefined || diagnostics.findings.length > 0) {
    const shown = diagnostics.findings.slice(0, 10).map(formatFinding);
    const more = diagnostics.findings.length - shown.length;
    throw new DriverError(`the samples in ${file} cannot be used`, more > 0 ? [...shown, `… and ${more} more`] : shown);
  }
  return samples;
}

/** The body of a sample's inference request. */
export function inferenceBody({ inputs }: Samples, sample: Sample): Buffer {
  return Buffer.from(
    JSON.stringify({ inputs: inputs.map((input) => ({ ...input, data: sample.inputs[input.name] })) }),
  );
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new DriverError(missing ? `the samples file ${file} does not exist` : `${file}: ${(error as Error).message}`);
  }
}

function checkSizes({ inputs, outputs, labelOutput, samples }: Samples, diagnostics: Diagnostics): void {
  if (samples.length === 0)
    diagnostics.error("SLW003", "samples", { message: "is empty.", fix: "Record some requests." });
  if (labelOutput !== undefined && !outputs.some(({ name }) => name === labelOutput)) {
    diagnostics.error("SLW004", "labelOutput", {
      message: `${quote(labelOutput)} is not one of the outputs.`,
      allowed: outputs.map(({ name }) => quote(name)).join(", "),
      fix: "Name one of the outputs.",
    });
  }
  samples.forEach(({ inputs: given, expected }, index) => {
    checkTensors(given, inputs, `samples[${index}].inputs`, diagnostics);
    for (const [version, answer] of Object.entries(expected)) {
      checkTensors(answer, outputs, join(`samples[${index}].expected`, version), diagnostics);
    }
  });
}

function checkTensors(
  given: Readonly<Record<string, Element[]>>,
  tensors: Samples["inputs"],
  path: string,
  diagnostics: Diagnostics,
): void {
  for (const { name, shape: dimensions } of tensors) {
    const size = dimensions.reduce((product, each) => product * each, 1);
    if (given[name]?.length === size) continue;
    diagnostics.error("SLW012", join(path, name), {
      message: `has ${given[name]?.length ?? 0} elements.`,
      allowed: `${size}, as in the shape [${dimensions.join(", ")}]`,
      fix: "Record the sample again.",
    });
  }
}
