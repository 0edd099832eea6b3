import fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MemoryBudget } from "../src/model/memory/memory-budget";
import { bytesOfRun, rowsWithin } from "../src/model/memory/run-memory";
import { RunReservations } from "../src/model/memory/run-reservations";
import { infer, metricsOf, outputOf, post, seriesOf } from "./support/client";
import { node, tensorValue, writeModel } from "./support/onnx-writer";
import { cleanUp, scratch, serve, tiny } from "./support/server-process";

afterAll(cleanUp);

const MIB = 2 ** 20;

const memories = fc.record({
  firstRowBytes: fc.integer({ min: 1, max: 2 ** 30 }),
  rowBytes: fc.integer({ min: 1, max: 2 ** 30 }),
  rowElements: fc.integer({ min: 1, max: 2 ** 24 }),
  isFasterTogether: fc.boolean(),
});

test("rowsWithin is the most rows that fit, and at least one", () => {
  fc.assert(
    fc.property(
      memories,
      fc.integer({ min: 1, max: 2 ** 34 }),
      fc.integer({ min: 1, max: 2 ** 26 }),
      (memory, bytes, width) => {
        const rows = rowsWithin(memory, bytes, width);
        const needed = (count: number): number => bytesOfRun(memory, count, count * width);
        expect(rows).toBeGreaterThanOrEqual(1);
        if (rows > 1) expect(needed(rows)).toBeLessThanOrEqual(bytes * (1 + 1e-9));
        expect(needed(rows + 1)).toBeGreaterThan(bytes * (1 - 1e-9));
      },
    ),
  );
});

test("runs never reserve more than what is free, except one that runs alone, and everything is released", () => {
  const runs = fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 300 }), ends: fc.boolean() }), { maxLength: 60 });
  fc.assert(
    fc.property(runs, (steps) => {
      const budget = new MemoryBudget(1000);
      budget.add(500, 100);
      const running: number[] = [];
      for (const { bytes, ends } of steps) {
        if (ends && running.length > 0) budget.releaseRun(running.shift() ?? 0);
        else if (budget.reserveRun(bytes)) running.push(bytes);
        const reserved = running.reduce((sum, one) => sum + one, 0);
        if (running.length > 1) expect(reserved).toBeLessThanOrEqual(budget.freeBytes);
      }
      for (const bytes of running) budget.releaseRun(bytes);
      expect(budget.reserveRun(budget.freeBytes)).toBe(true);
    }),
  );
});

test("without a limit nothing is refused", () => {
  const budget = new MemoryBudget(undefined);
  expect(budget.reserveRun(2 ** 50)).toBe(true);
  expect(budget.reserveRun(2 ** 50)).toBe(true);
  budget.hold(2 ** 50)();
});

test("requests that wait are refused once they occupy too much, and small ones never are", () => {
  const budget = new MemoryBudget(1000 * MIB);
  const releases: (() => void)[] = [];
  expect(() => {
    for (;;) releases.push(budget.hold(5 * MIB));
  }).toThrow("the waiting requests occupy the memory of the server (limits.memoryBytes)");
  expect(releases.length).toBeGreaterThan(3);
  budget.hold(1000);
  releases.forEach((release) => release());
  budget.hold(5 * MIB);
});

test("a request that needs more than there is at all is refused, and says how much it needs", () => {
  const budget = new MemoryBudget(1000 * MIB);
  const memory = { firstRowBytes: 10 * MIB, rowBytes: 10 * MIB, rowElements: 1, isFasterTogether: false };
  const runs = new RunReservations(budget, memory, 1000 * MIB);
  const request = (rows: number) => ({
    inputs: { x: { datatype: "FP32" as const, shape: [rows], data: new Float32Array(rows) } },
    rows,
    outputs: [],
  });
  runs.admit(request(50));
  expect(() => runs.admit(request(200))).toThrow(/needs about 2000 MiB of memory, but only \d+ MiB are free/);
});

test("under load a server stays within its memory: runs wait, and requests that do not fit are answered with 429", async () => {
  const limit = 400 * MIB;
  const server = await serve(tiny("large_runs"), { limits: { memoryBytes: limit }, workers: { count: 4 } });
  const plan = server.log.find(({ atOnce }) => atOnce !== undefined);
  expect(plan).toMatchObject({
    msg: expect.stringMatching(/^[1-4] runs of the model fit into the 400 MiB/),
    maxRows: 1,
  });
  const data = new Float32Array(100_000).fill(4);
  const head = JSON.stringify({
    inputs: [{ name: "x", datatype: "FP32", shape: [1, 100_000], parameters: { binary_data_size: data.byteLength } }],
  });
  const body = Buffer.concat([Buffer.from(head), Buffer.from(data.buffer)]);
  const headers = { "Inference-Header-Content-Length": String(head.length) };
  const peak = watchMemory(server.pid);
  const answers = await Promise.all(
    Array.from({ length: 60 }, () => fetch(`${server.url}/v2/models/digits/infer`, { method: "POST", body, headers })),
  );
  const used = peak();
  const statuses = answers.map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([200, 429]));
  expect(answers.find(({ status }) => status === 429)?.headers.get("retry-after")).toBe("1");
  expect(used).toBeLessThan(limit);
  const refused = statuses.filter((status) => status === 429).length;
  const labels = { reason: "memory" };
  expect(seriesOf(await metricsOf(server.url), "slipway_inference_rejected_total", labels)).toBe(refused);
  const inputs = [{ name: "x", datatype: "FP32", shape: [1, 100_000], data: [...data] }];
  expect(outputOf(await infer(server.url, { inputs }), "y")?.data).toEqual([2]);
  const many = { inputs: [{ name: "x", datatype: "FP32", shape: [12, 100_000], data: Array(1_200_000).fill(4) }] };
  expect((await post(`${server.url}/v2/models/digits/infer`, many)).status).toBe(429);
});

test("a run whose input asks for a huge tensor is stopped before it exceeds the memory of the server", async () => {
  const file = writeModel(join(scratch(), "expand.onnx"), {
    inputs: [tensorValue("x", "FP32", [1]), tensorValue("size", "INT64", [1])],
    outputs: [tensorValue("y", "FP32", [1])],
    nodes: [
      node("Expand", ["x", "size"], ["wide"]),
      node("Sqrt", ["wide"], ["root"]),
      node("ReduceMean", ["root"], ["y"], { keepdims: 1 }),
    ],
  });
  const server = await serve(file, { limits: { memoryBytes: 400 * MIB }, workers: { count: 1 } });
  const answer = (size: number): Promise<Response> =>
    post(`${server.url}/v2/models/digits/infer`, {
      inputs: [
        { name: "x", datatype: "FP32", shape: [1], data: [4] },
        { name: "size", datatype: "INT64", shape: [1], data: [size] },
      ],
    });
  expect((await answer(1000)).status).toBe(200);
  const refused = await answer(1_000_000_000);
  expect([refused.status, await refused.text()]).toEqual([429, expect.stringContaining("needed more memory")]);
  expect((await answer(1000)).status).toBe(200);
});

/** Starts to watch the memory of a process; returns a function that ends the watch and returns its peak in bytes. */
function watchMemory(pid: number): () => number {
  let peak = 0;
  const timer = setInterval(() => {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    peak = Math.max(peak, Number(/RssAnon:\s+(\d+)/.exec(status)?.[1]) * 1024);
  }, 10);
  return () => {
    clearInterval(timer);
    return peak;
  };
}
