import fc from "fast-check";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ServerSettings } from "../src/config/settings";
import { post } from "./support/client";
import { type GraphParts, writeModel } from "./support/onnx-writer";
import { FEATURES, randomGraph } from "./support/random-graphs";
import { cleanUp, scratch, ServerProcess, settingsFor } from "./support/server-process";
import { attention, kernel, quantizedLabels, recurrent, sum } from "./support/sharing-models";

/** A model, and the shape of one row of its input. A length of 0 stands for one that differs between requests. */
interface Served {
  readonly parts: GraphParts;
  readonly row: readonly number[];
}

const RANDOM_GRAPHS = 3;
const REQUESTS = 60;
const CONNECTIONS = 32;

const models: Record<string, Served> = {
  quantized: { parts: quantizedLabels, row: [8] },
  recurrent: { parts: recurrent, row: [0, 3] },
  attention: { parts: attention, row: [0, 6] },
  kernel: { parts: kernel, row: [10] },
  sum: { parts: sum, row: [7] },
  ...Object.fromEntries(
    fc.sample(randomGraph, RANDOM_GRAPHS).map((parts, i) => [`random${i}`, { parts, row: [FEATURES] }]),
  ),
};

const folder = scratch();

/** A server with all models. */
async function serveAll(settings: ServerSettings): Promise<ServerProcess> {
  const listed = Object.entries(models).map(([name, { parts }]) => {
    const file = writeModel(join(folder, `${name}.onnx`), parts);
    return {
      name,
      version: "1",
      uri: pathToFileURL(file).href,
      root: join(folder, "root", settings.cache ? "c" : "n"),
    };
  });
  const { model: _, ...rest } = settingsFor("", settings);
  const server = new ServerProcess({ ...rest, models: listed });
  while (server.log.filter(({ msg }) => msg === "ready").length < listed.length)
    await server.waitForLog("listening").then(() => pause(20));
  return server;
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

let alone: ServerProcess;
beforeAll(async () => {
  alone = await serveAll({ batching: { maxBatchSize: 1 }, workers: { count: 1 } });
});
afterAll(cleanUp);

/** Requests of one to three rows whose values differ in scale. Every fourth one repeats an earlier one. */
function requestsFor({ row }: Served): object[] {
  const requests: object[] = [];
  for (let i = 0; i < REQUESTS; i++) {
    const earlier = requests[Math.floor(i / 2)];
    if (i % 4 === 3 && earlier) requests.push(earlier);
    else requests.push(requestOf(row, i));
  }
  return requests;
}

function requestOf(row: readonly number[], i: number): object {
  const rows = 1 + (i % 3);
  const shape = [rows, ...row.map((size) => size || 1 + ((i * 7) % 40))];
  const width = shape.slice(1).reduce((product, size) => product * size, 1);
  const scale = [1, 1e-3, 1000, 0.05, 20][i % 5] ?? 1;
  const data = Array.from({ length: rows * width }, (_, at) => Math.fround(scale * Math.sin(i * 31 + at * 1.7)));
  return { inputs: [{ name: "x", datatype: "FP32", shape, data }] };
}

interface Answer {
  readonly status: number;
  readonly outputs: string;
  readonly cache: string | null;
}

async function ask(server: ServerProcess, model: string, request: object): Promise<Answer> {
  const response = await post(`${server.url}/v2/models/${model}/infer`, request);
  const { outputs } = (await response.json()) as { outputs?: unknown };
  return { status: response.status, outputs: JSON.stringify(outputs), cache: response.headers.get("slipway-cache") };
}

/** The answers to requests, as many at a time as there are connections. */
async function answersOf(
  server: ServerProcess,
  requests: readonly (readonly [model: string, request: object])[],
  connections: number,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  const client = async (): Promise<void> => {
    for (let i = next++; i < requests.length; i = next++) {
      const [model, request] = requests[i] as [string, object];
      answers[i] = await ask(server, model, request);
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  return answers;
}

const withoutCache = (answers: readonly Answer[]): object[] =>
  answers.map(({ status, outputs }) => ({ status, outputs }));

const requests = Object.entries(models).flatMap(([name, served]) =>
  requestsFor(served).map((request) => [name, request] as const),
);
/** In another order: requests to all models at a time, as many to each. */
const mixed = requests.map((_, i) => requests[(i * 7919) % requests.length] as (typeof requests)[number]);

let expected: Answer[];
beforeAll(async () => {
  expected = await answersOf(alone, mixed, 1);
});

test.each<[string, ServerSettings]>([
  ["without a cache", {}],
  ["with a cache", { cache: { memory: {} } }],
])("answers under load are those of an idle server, bit for bit: %s", async (_, settings) => {
  const server = await serveAll(settings);
  expect(withoutCache(await answersOf(server, mixed, CONNECTIONS))).toEqual(withoutCache(expected));
  const again = await answersOf(server, mixed.slice(0, 200), 4);
  expect(withoutCache(again)).toEqual(withoutCache(expected.slice(0, 200)));
  if (settings.cache) expect(again.some(({ cache }) => cache === "hit")).toBe(true);
  await server.stop("SIGKILL");
});

test("an idle server has one answer to the same request", async () => {
  const different = Array.from({ length: 20 }, (_, i) => requestOf([7], 3 * i));
  const repeated = different.flatMap((request) => Array.from({ length: 5 }, () => ["sum", request] as const));
  const outputs = (await answersOf(alone, repeated, 1)).map((answer) => answer.outputs);
  expect(outputs).toEqual(outputs.map((_, i) => outputs[i - (i % 5)]));
});

test("a cache stores no answer that another request may have changed, even if the settings accept such answers", async () => {
  const server = await serveAll({ cache: { memory: {} }, batching: { exact: false } });
  const loaded = await answersOf(server, mixed, CONNECTIONS);
  expect(withoutCache(loaded)).not.toEqual(withoutCache(expected));
  const again = await answersOf(server, mixed, 1);
  const hits = again.flatMap((answer, i) => (answer.cache === "hit" ? [i] : []));
  expect(hits.length).toBeGreaterThan(50);
  const pick = (answers: readonly Answer[]): object[] => withoutCache(hits.map((i) => answers[i] as Answer));
  expect(pick(again)).toEqual(pick(expected));
});
