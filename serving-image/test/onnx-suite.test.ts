import { join } from "node:path";
import { readCases, type SuiteCase, type SuiteValue } from "./onnx-suite/cases";
import type { Verdict } from "./onnx-suite/judge";
import { judgeAll } from "./onnx-suite/suite-server";
import { cleanUp } from "./support/server-process";

/** Made by onnx-suite/subset.py. Each case joins twenty models, whose names are the prefixes of the inputs and outputs. */
const CASES = readCases(join(__dirname, "onnx-suite/subset.jsonl.gz"));

let verdicts: readonly Verdict[];
beforeAll(async () => (verdicts = await judgeAll([...CASES, ...CASES.slice(0, 1).map(withWrongShape)])));
afterAll(cleanUp);

/** The same model, but with another shape of the first output as the right one. */
function withWrongShape(one: SuiteCase): SuiteCase {
  const change = (value: SuiteValue, i: number): SuiteValue =>
    i === 0 ? { ...value, shape: [...(value.shape ?? []), 1] } : value;
  const sets = one.sets.map((set) => ({
    ...set,
    recorded: set.recorded.map(change),
    runtime: set.runtime?.map(change),
  }));
  return { ...one, name: "wrong", sets: sets as SuiteCase["sets"] };
}

test("200 models of ONNX's backend test suite are right, to the last bit, over JSON, binary and gRPC", () => {
  const outputs = CASES.flatMap(({ sets }) => sets.flatMap(({ recorded }) => recorded));
  expect(new Set(outputs.map(({ name }) => name.split("/")[0])).size).toBe(200);
  const judged = verdicts.filter(({ name }) => name !== "wrong");
  expect(judged).toHaveLength(CASES.length);
  for (const { name, outcome, reason, isIdentical } of judged) {
    expect({ name, outcome, reason, isIdentical }).toEqual({ name, outcome: "right", isIdentical: true });
  }
});

test("the suite notices an answer that is not as expected", () => {
  const verdict = verdicts.find(({ name }) => name === "wrong");
  expect(verdict).toMatchObject({ outcome: "wrong", isIdentical: false });
});
