import { join, resolve } from "node:path";
import { node, tensorValue, writeModel } from "../../serving-image/test/support/onnx-writer";
import { quantizedLabels } from "../../serving-image/test/support/sharing-models";
import { digitsModel } from "../support/digits-rehearsal";
import { CommandFolder } from "../support/slipway-command";

// Processes start slowly on a busy machine.
jest.setTimeout(60_000);

const folder = new CommandFolder();
afterAll(() => folder.remove());

test("shows what a model contains, what the server decides and why, and a curl command", async () => {
  const file = writeModel(join(folder.path, "quantized.onnx"), quantizedLabels);
  const { code, stdout, stderr } = await folder.run("inspect", "quantized.onnx");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const cause = 'DynamicQuantizeLinear "DynamicQuantizeLinear_values" takes its scale from all rows of the batch';
  expect(stdout).toMatch(
    /^quantized\.onnx: \d+ bytes, IR version 8, operator sets ai\.onnx 17, .* exported by tests\n/,
  );
  for (const line of [
    "  inputs      x FP32 [N, 8]",
    "  outputs     y INT64 [N]",
    "  operators   5: DynamicQuantizeLinear, MatMulInteger, Cast, Mul, ArgMax",
    "  parameters  40 numbers, 40 bytes",
    `  rows        requests must not share a run: ${cause}`,
    "  returns     y INT64 [-1]",
    `  batching    each request has a run of its own (decided by graph): ${cause}`,
  ]) {
    expect(stdout.split("\n")).toContain(line);
  }
  expect(stdout).toMatch(/\n {2}computes in event loop: .*\n {2}run {9}.*\n {2}memory {6}\d+ MB resident/);
  expect(stdout).toContain(
    "After `slipway serve quantized.onnx`:\n\ncurl -s http://127.0.0.1:8080/v2/models/quantized/infer ",
  );
  expect(folder.leftovers()).toEqual([]);
  expect(file).toBe(resolve(folder.path, "quantized.onnx"));
});

test("prints the same as JSON", async () => {
  const { code, stdout } = await folder.run("inspect", digitsModel("1.1.0"), "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    model: {
      opsets: { "ai.onnx": 18, "ai.onnx.ml": 1 },
      producer: "skl2onnx",
      inputs: [{ name: "image", type: "FP32", shape: ["?", 64] }],
      rows: { verdict: "independent" },
      externalFiles: [],
    },
    serving: {
      batching: { maxRows: 32, decidedBy: "measurement" },
      curl: expect.stringContaining("curl -s http://127.0.0.1:8080/v2/models/digits/infer"),
    },
  });
});

test("a model that cannot be served is described with the reason, and what is not a model is refused", async () => {
  writeModel(join(folder.path, "list.onnx"), {
    inputs: [{ 1: "list", 2: { 4: { 1: { 1: { 1: 1 } } } } }],
    outputs: [tensorValue("length", "INT64", [])],
    nodes: [node("SequenceLength", ["list"], ["length"])],
  });
  const [refused, text, missing, remote] = await Promise.all([
    folder.run("inspect", "list.onnx"),
    folder.run("inspect", folder.write("text.onnx", "not a model")),
    folder.run("inspect", "nothing.onnx"),
    folder.run("inspect", "s3://bucket/model.onnx"),
  ]);
  expect(refused.code).toBe(1);
  expect(refused.stdout).toContain("  inputs      list sequence of FP32\n");
  expect(refused.stdout).toMatch(/\nIt cannot be served: \[SRV206\] .*its input "list" is not a tensor/);
  expect(text).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("text.onnx is not an ONNX file") });
  expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining("nothing.onnx does not exist") });
  expect(remote).toMatchObject({ code: 1, stderr: expect.stringContaining("is not a local file") });
});
