import pino from "pino";
import { EventLoopSession, type LoopLimits } from "../src/model/event-loop-session";
import type { ModelRun, ModelSession } from "../src/model/session";
import type { Tensors } from "../src/protocol/datatypes";

/** A model that blocks the event loop for the first number of its input, in milliseconds. */
function blocking(place: string): ModelSession & { readonly runs: string[] } {
  const runs: string[] = [];
  return {
    signature: { inputs: [], outputs: [] },
    capacity: 3,
    runs,
    run(inputs): Promise<ModelRun> {
      const startedAt = performance.now();
      const milliseconds = Number(inputs["x"]?.data[0]);
      runs.push(`${milliseconds} in ${place}`);
      // In a worker, the time does not pass here.
      while (place === "loop" && performance.now() < startedAt + milliseconds);
      return Promise.resolve({ outputs: {}, startedAt, seconds: (place === "noise" ? 0 : milliseconds) / 1000 });
    },
    release: () => Promise.resolve(),
  };
}

const input = (milliseconds: number, elements = 1): Tensors => ({
  x: { datatype: "FP32", shape: [1, elements], data: new Float32Array(elements).fill(milliseconds) },
});

function setUp(worker: ModelSession, more: Partial<LoopLimits> = {}) {
  const messages: string[] = [];
  const log = pino({ level: "warn" }, { write: (line: string) => void messages.push(JSON.parse(line).msg) });
  const loop = blocking("loop");
  const limits = { runSeconds: 0.0001, maxElements: 10, aboveSeconds: 0.001, ...more };
  const session = new EventLoopSession(loop, limits, () => Promise.resolve(worker), log);
  return { session, loop, messages };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

test("short runs stay on the event loop", async () => {
  const worker = blocking("worker");
  const { session, loop, messages } = setUp(worker);
  for (let i = 0; i < 3; i++) await session.run(input(0), []);
  await settled();
  expect([loop.runs.length, worker.runs.length, messages]).toEqual([3, 0, []]);
});

test("a run that takes too long moves the model to workers, once", async () => {
  const worker = blocking("worker");
  const { session, loop, messages } = setUp(worker);
  await session.run(input(20), []);
  await settled();
  await session.run(input(0), []);
  await session.run(input(20), []);
  expect(loop.runs).toEqual(["20 in loop"]);
  expect(worker.runs.slice(-2)).toEqual(["0 in worker", "20 in worker"]);
  expect(messages).toEqual(["the model moved from the event loop to workers"]);
  expect(session.capacity).toBe(3);
});

test("a run that only took long because the machine was busy does not move it for good", async () => {
  const worker = blocking("noise");
  const { session, loop, messages } = setUp(worker);
  await session.run(input(20), []);
  await settled();
  await session.run(input(0), []);
  expect(loop.runs).toEqual(["20 in loop", "0 in loop"]);
  expect(messages).toEqual([]);
});

test("a model may block the event loop for longer if workers.aboveSeconds allows it", async () => {
  const { session, loop } = setUp(blocking("worker"), { aboveSeconds: 1 });
  await session.run(input(20), []);
  await session.run(input(20), []);
  expect(loop.runs).toHaveLength(2);
});

test("inputs that are larger than the measured ones are computed in a worker", async () => {
  const worker = blocking("worker");
  const { session, loop } = setUp(worker);
  await session.run(input(0, 10), []);
  await session.run(input(0, 11), []);
  expect([loop.runs, worker.runs]).toEqual([["0 in loop"], ["0 in worker"]]);
});

test("a model stays on the event loop while no worker can be started, as while its file is replaced", async () => {
  const loop = blocking("loop");
  const session = new EventLoopSession(
    loop,
    { runSeconds: 0.0001, maxElements: 1, aboveSeconds: 0.001 },
    () => Promise.reject(new Error("the file has another sha256")),
    pino({ level: "silent" }),
  );
  for (let i = 0; i < 3; i++) {
    await session.run(input(20), []);
    await settled();
  }
  expect(loop.runs).toHaveLength(3);
});

test("if no worker can be started, the request fails, and the next one tries again", async () => {
  const worker = blocking("worker");
  let failures = 1;
  const session = new EventLoopSession(
    blocking("loop"),
    { runSeconds: 0.0001, maxElements: 1, aboveSeconds: 0.001 },
    () => (failures-- > 0 ? Promise.reject(new Error("no memory")) : Promise.resolve(worker)),
    pino({ level: "silent" }),
  );
  await expect(session.run(input(0, 2), [])).rejects.toThrow("no memory");
  await session.run(input(0, 2), []);
  expect(worker.runs).toHaveLength(1);
});
