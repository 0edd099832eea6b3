import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** A value as `reference.py` writes it; one that the protocol cannot express has neither a datatype nor items. */
export interface SuiteValue {
  readonly name: string;
  readonly datatype?: string;
  /** The type of numpy that the protocol does not have. */
  readonly type?: string;
  readonly shape?: readonly number[];
  /** Numbers, row by row, as base64 of their bytes. */
  readonly bytes?: string;
  readonly texts?: readonly string[];
  /** The elements of a sequence. */
  readonly items?: readonly SuiteValue[];
}

/** Inputs, the outputs that the suite recorded, and those of onnxruntime in Python. */
export interface DataSet {
  readonly inputs: readonly SuiteValue[];
  readonly recorded: readonly SuiteValue[];
  readonly runtime?: readonly SuiteValue[];
  /** Why onnxruntime in Python has no outputs. */
  readonly refusal?: string;
  /** The outputs of the model differ from run to run. */
  readonly random?: boolean;
}

export interface SuiteCase {
  readonly name: string;
  /** The path of the model; without it, `model` has the file as base64. */
  readonly file?: string;
  readonly model?: string;
  readonly rtol: number;
  readonly atol: number;
  readonly sets: readonly DataSet[];
}

/** Reads a file with one case in each line, compressed or not. */
export function readCases(path: string): SuiteCase[] {
  const content = readFileSync(path);
  const lines = (path.endsWith(".gz") ? gunzipSync(content) : content).toString("utf8").trimEnd().split("\n");
  return lines.map((line): SuiteCase => JSON.parse(line));
}
