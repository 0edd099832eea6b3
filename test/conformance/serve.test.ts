import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { SplitModel } from "../../serving-image/test/support/split-model";
import { digitsModel } from "../support/digits-rehearsal";
import { childrenOf, CommandFolder, survivors, type Running } from "../support/slipway-command";

// Processes start slowly on a busy machine.
jest.setTimeout(60_000);

const HALF = resolve(__dirname, "../../serving-image/test/models/half.onnx");
const folder = new CommandFolder();
afterAll(() => folder.remove());

/** Starts `slipway serve` on free ports and waits for its output. */
async function serve(...args: string[]): Promise<Running> {
  const running = folder.start("serve", ...args, "--grpc-port", "0");
  await running.saying("Press Ctrl-C to stop.");
  return running;
}

/** Interrupts it as Ctrl-C does, and returns its output. */
async function ended({ process, ended }: Running): Promise<string> {
  const children = childrenOf(process.pid as number);
  expect(children).toHaveLength(1);
  process.kill("SIGINT");
  const { code, stdout, stderr } = await ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(await survivors(children)).toEqual([]);
  expect(folder.leftovers()).toEqual([]);
  return stdout;
}

/** Runs a line of shell as a user would paste it. */
function paste(line: string): string {
  const { status, stdout, stderr } = spawnSync("sh", ["-c", line], { cwd: folder.path, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout;
}

const curlLine = (output: string): string => output.split("\n").find((line) => line.includes("curl -s ")) ?? "";

test("a model is served under the name and version of its folder, and the curl command can be pasted", async () => {
  const running = await serve(digitsModel("1.1.0"), "--port", "0");
  const output = running.said();
  expect(output).toMatch(
    /^digits 1\.1\.0 is ready\.\n {2}HTTP {5}http:\/\/127\.0\.0\.1:\d+\/v2\/models\/digits\/infer\n/,
  );
  expect(output).toContain("inputs   image FP32 [-1, 64]");
  const answer = JSON.parse(paste(curlLine(output))) as { model_version: string; outputs: { name: string }[] };
  expect(answer.model_version).toBe("1.1.0");
  expect(answer.outputs.map(({ name }) => name)).toEqual(["label", "probabilities"]);
  await ended(running);
});

test("tensors that JSON cannot represent are sent and saved as bytes", async () => {
  const running = await serve(HALF, "--port", "0", "--name", "my-half", "--model-version", "2.0.0");
  const output = running.said();
  expect(output).toContain("/v2/models/my-half/infer");
  expect(paste(curlLine(output))).toBe("");
  const saved = readFileSync(join(folder.path, "answer.bin"));
  expect(saved.toString("latin1")).toMatch(/^\{"model_name":"my-half","model_version":"2\.0\.0".*\}\0\0$/s);
  await ended(running);
});

test("a model with external data is served from its file and from its folder", async () => {
  const parts = new SplitModel(4);
  const models = join(folder.path, "embedding/3");
  parts.write(models);
  for (const path of [join(models, "model.onnx"), models]) {
    const running = await serve(path, "--port", "0");
    expect(running.said()).toMatch(/^embedding 3 is ready\.\n/);
    const answer = JSON.parse(paste(curlLine(running.said()))) as { outputs: { data: number[] }[] };
    expect(new Set(answer.outputs[0]?.data)).toEqual(new Set([6]));
    await ended(running);
  }
});

test("a requested port is used, or rejected in one line", async () => {
  const blocker = createServer();
  await new Promise<void>((listening) => blocker.listen(0, "127.0.0.1", listening));
  const { port } = blocker.address() as AddressInfo;
  const { code, stdout, stderr } = await folder.run("serve", HALF, "--port", String(port));
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^slipway: \[SRV301\] .*\n$/);
  await new Promise((closed) => blocker.close(closed));
  const running = await serve(HALF, "--port", String(port));
  expect(running.said()).toContain(`http://127.0.0.1:${port}/v2/models/half/infer`);
  await ended(running);
});

test("a model that cannot be served is reported in one line, and no process or file is left behind", async () => {
  const [none, text, odd] = await Promise.all([
    folder.run("serve", "nothing.onnx"),
    folder.run("serve", folder.write("text.onnx", "no model")),
    folder.run("serve", "text.onnx", "--port", "80.5"),
  ]);
  expect(none).toEqual({ code: 1, stdout: "", stderr: "slipway: the file nothing.onnx does not exist\n" });
  expect(text.stderr).toMatch(/^slipway: \[SRV203\] [^\n]*text\.onnx: .*\n$/);
  expect(odd.stderr).toContain("SLW002 --port");
  expect(folder.leftovers()).toEqual([]);
});
