import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { infer, type InferAnswer } from "./support/client";
import { requestFor } from "./support/samples";
import { cleanUp, digits, serve, ServerProcess, settingsFor, tiny } from "./support/server-process";

afterAll(cleanUp);

const X = [0, 0.5, 1, 2, 3];
const request = (x: number): object => ({ inputs: [{ name: "x", datatype: "FP32", shape: [1], data: [x] }] });

const linesIn = (server: ServerProcess, message: string): number =>
  server.log.filter(({ msg }) => msg === message).length;

test("a model computes in worker threads if its runs are long, otherwise on the event loop, and logs the reason", async () => {
  const slow = await serve(tiny("slow"), { workers: { count: 2 } });
  const quick = await serve(digits("1.1.0"));
  expect(slow.line("model warmed up")).toMatchObject({
    computesIn: "worker threads",
    reason: "a run takes over 0.001 s",
    workers: 2,
  });
  expect(quick.line("model warmed up")).toMatchObject({
    computesIn: "event loop",
    reason: "a run takes at most 0.001 s",
  });
});

test("worker threads and the event loop compute the same answers, for all datatypes and batches", async () => {
  const workers = { count: 2, aboveSeconds: 0 };
  for (const file of [digits("1.1.0"), tiny("echo"), tiny("table")]) {
    const requests = file.includes("echo") ? [echo(1), echo(2)] : file.includes("table") ? TABLE : DIGITS;
    const [threaded, plain] = await Promise.all([serve(file, { workers }), serve(file)]);
    expect(threaded.line("model warmed up")?.computesIn).toBe("worker threads");
    const ask = (server: ServerProcess): Promise<unknown[]> =>
      Promise.all(requests.map(async (one) => outcome(infer(server.url, one))));
    expect(await ask(threaded)).toEqual(await ask(plain));
  }
});

test("replaces worker threads that exit under load, without lost or wrong answers", async () => {
  const server = new ServerProcess(
    settingsFor(tiny("slow"), { batching: { maxBatchSize: 4 }, workers: { count: 2 } }),
    { NODE_OPTIONS: `--import=${join(__dirname, "support/end-workers.mjs")}` },
  );
  await server.waitForLog("ready");
  const expected = await Promise.all(X.map(async (x) => outcome(infer(server.url, request(x)))));
  let isOver = false;
  let answered = 0;
  const caller = async (first: number): Promise<void> => {
    for (let i = first; !isOver; i++) {
      expect(await outcome(infer(server.url, request(X[i % X.length] ?? 0)))).toEqual(expected[i % X.length]);
      answered++;
    }
  };
  const callers = Promise.all([0, 1, 2, 3, 4, 5].map(caller));
  for (let kill = 1; kill <= 8; kill++) {
    const before = answered;
    server.signal("SIGUSR2");
    while (linesIn(server, "a worker thread was replaced") < kill || answered < before + 12) await delay(5);
    expect(linesIn(server, "a worker thread exited")).toBe(kill);
  }
  isOver = true;
  await callers;
  expect(answered).toBeGreaterThanOrEqual(96);
});

test("a server without worker threads is not ready until one is replaced", async () => {
  const server = new ServerProcess(settingsFor(tiny("slow"), { workers: { count: 1 } }), {
    NODE_OPTIONS: `--import=${join(__dirname, "support/end-workers.mjs")}`,
  });
  await server.waitForLog("ready");
  const model = String(server.line("model loaded")?.path);
  const bytes = readFileSync(model);
  const until = async (status: number): Promise<string> => {
    for (;;) {
      const response = await fetch(`${server.url}/ready`);
      const text = await response.text();
      if (response.status === status) return text;
      await delay(20);
    }
  };
  const metrics = async (): Promise<string> => (await fetch(`${server.url}/metrics`)).text();
  truncateSync(model, 10);
  server.signal("SIGUSR2");
  expect(await until(503)).toContain("all worker threads have exited, and none could be replaced: ");
  expect(await metrics()).toMatch(/^slipway_model_ready\{.*\} 0$/m);
  expect(await outcome(infer(server.url, request(1)))).toContain("503");
  writeFileSync(model, bytes);
  await until(200);
  expect(await metrics()).toMatch(/^slipway_model_ready\{.*\} 1$/m);
  expect(await outcome(infer(server.url, request(1)))).toEqual([expect.objectContaining({ data: expect.anything() })]);
});

/** The outputs of an answer, or its error. */
async function outcome(answer: Promise<InferAnswer>): Promise<unknown> {
  return answer.then(({ outputs }) => outputs, String);
}

const DIGITS = Array.from({ length: 30 }, (_, i) => requestFor(i));
const TABLE = [0, 4, 99, 1].map((index) => ({
  inputs: [{ name: "index", datatype: "INT64", shape: [1], data: [index] }],
}));

/** A request for the echo model with so many rows. */
function echo(rows: number): object {
  const numbers = {
    UINT8: "UINT8",
    UINT16: "UINT16",
    UINT32: "UINT32",
    UINT64: "UINT64",
    INT8: "INT8",
    INT16: "INT16",
  };
  const types = {
    BOOL: "BOOL",
    ...numbers,
    INT32: "INT32",
    INT64: "INT64",
    FLOAT: "FP32",
    DOUBLE: "FP64",
    STRING: "BYTES",
  };
  const inputs = Object.entries(types).map(([name, datatype]) => ({
    name: `in_${name}`,
    datatype,
    shape: [rows, 2],
    data: Array.from({ length: rows * 2 }, (_, i) =>
      datatype === "BOOL" ? i > 0 : datatype === "BYTES" ? `${i}é` : i,
    ),
  }));
  return { inputs };
}
