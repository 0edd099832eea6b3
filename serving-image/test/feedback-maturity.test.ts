import { randomUUID } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import fc from "fast-check";
import { describeIf } from "../../test/support/describe-if";
import type { ServerSettings } from "../src/config/settings";
import { endOfSlot, HeldValues } from "../src/feedback/held-values";
import { CacheServer, programOf } from "./support/cache-server";
import { infer, jsonOf, metricsOf, post, seriesOf } from "./support/client";
import { requestFor } from "./support/samples";
import { cleanUp, digits, scratch, serve, ServerProcess, settingsFor } from "./support/server-process";

afterEach(cleanUp);

/** Long enough that no test ends before it by accident. */
const LONG = 3600;

interface Rule {
  readonly lowerBound?: number;
  readonly upperBound?: number;
  readonly maturitySeconds?: number;
}

function rulesFile(rules: Readonly<Record<string, Rule>> | string): string {
  const file = join(scratch(), "metrics.json");
  writeFileSync(file, typeof rules === "string" ? rules : JSON.stringify(rules));
  return file;
}

const serveWith = (rules: Readonly<Record<string, Rule>>, more: ServerSettings = {}): Promise<ServerProcess> =>
  serve(digits("1.1.0"), { ...more, feedback: { metricsFile: rulesFile(rules) } });

/** An unsigned id, of a prediction that was made some seconds ago. */
const idOfAge = (seconds: number, version = "1.1.0"): string =>
  `${version}.${randomUUID()}.${Math.floor(Date.now() / 1000 - seconds).toString(36)}`;

const report = async ({ url }: ServerProcess, body: unknown): Promise<[number, Record<string, unknown>]> => {
  const response = await post(`${url}/v2/models/digits/feedback`, body);
  return [response.status, await jsonOf(response)];
};

const countOf = async ({ url }: ServerProcess, metric: string, version = "1.1.0"): Promise<number> =>
  seriesOf(await metricsOf(url), "slipway_feedback_total", { model: "digits", version, metric }) ?? 0;

const heldBy = async ({ url }: ServerProcess): Promise<number | undefined> =>
  seriesOf(await metricsOf(url), "slipway_feedback_held_values", { model: "digits" });

async function waitUntil(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await delay(50);
}

test("a value counts once its prediction is older than the maturity, and not before", async () => {
  const server = await serveWith({ accuracy: { maturitySeconds: 2 } });
  const madeBefore = Date.now();
  const { parameters } = await infer(server.url, requestFor(0));
  expect(parameters.prediction_id).toMatch(/^1\.1\.0\.[0-9a-f-]{36}\.[0-9a-z]+$/);
  expect(await report(server, { id: parameters.prediction_id, value: 1 })).toMatchObject([200, { accepted: 1 }]);
  expect([await countOf(server, "accuracy"), await heldBy(server)]).toEqual([0, 1]);
  await waitUntil(async () => (await countOf(server, "accuracy")) === 1);
  expect(Date.now() - madeBefore).toBeGreaterThanOrEqual(2000);
  expect(await heldBy(server)).toBe(0);
});

test("of two values of one age, neither counts before the other, whenever each of them arrives", async () => {
  const server = await serveWith({ accuracy: { maturitySeconds: 3 } });
  const [{ parameters: wrong }, { parameters: right }] = await Promise.all([
    infer(server.url, requestFor(0)),
    infer(server.url, requestFor(1)),
  ]);
  await report(server, { id: wrong.prediction_id, value: 0 });
  await delay(1500);
  await report(server, { id: right.prediction_id, value: 1 });
  const seen = new Set<number>();
  await waitUntil(async () => {
    const count = await countOf(server, "accuracy");
    seen.add(count);
    return count === 2;
  });
  // Ids have whole seconds, so the two predictions may belong to two of them.
  const isOneSecond = wrong.prediction_id.split(".").at(-1) === right.prediction_id.split(".").at(-1);
  expect([...seen]).toEqual(isOneSecond ? [0, 2] : expect.arrayContaining([0, 2]));
});

test("values that arrive late, and those of metrics without a maturity, count on arrival", async () => {
  const server = await serveWith({ accuracy: { maturitySeconds: LONG } });
  const items = [
    { id: idOfAge(LONG + 2), value: 1 },
    { id: idOfAge(LONG - 10), value: 1 },
    { id: idOfAge(0), metric: "clicked", value: 1 },
  ];
  expect(await report(server, items)).toMatchObject([200, { accepted: 3 }]);
  expect([await countOf(server, "accuracy"), await countOf(server, "clicked"), await heldBy(server)]).toEqual([
    1, 1, 1,
  ]);
});

test("a prediction of unknown age, or from the future, is held no longer than the maturity", async () => {
  const server = await serveWith({ accuracy: { maturitySeconds: 2 } });
  await report(server, [
    { id: `1.1.0.${randomUUID()}`, value: 1 },
    { id: idOfAge(-LONG), value: 1 },
  ]);
  expect([await countOf(server, "accuracy"), await heldBy(server)]).toEqual([0, 2]);
  await waitUntil(async () => (await countOf(server, "accuracy")) === 2);
});

test("refuses values outside the bounds of their metric, and counts them", async () => {
  const server = await serveWith({ stars: { lowerBound: 1, upperBound: 5 } });
  for (const value of [0, 0.5, 5.01, 1e6]) {
    expect(await report(server, { id: idOfAge(0), metric: "stars", value })).toMatchObject([
      400,
      {
        error: `The feedback has the value ${value} for stars, which is outside its bounds, 1 to 5.`,
        items: [{ status: "refused", reason: "out_of_range" }],
      },
    ]);
  }
  expect((await report(server, { id: idOfAge(0), metric: "stars", value: 5 }))[0]).toBe(200);
  const text = await metricsOf(server.url);
  expect(seriesOf(text, "slipway_feedback_refused_total", { model: "digits", reason: "out_of_range" })).toBe(4);
  expect(await countOf(server, "stars")).toBe(1);
});

test("the rules may appear, change and disappear while the server runs", async () => {
  const metricsFile = join(scratch(), "metrics.json");
  const server = await serve(digits("1.1.0"), { feedback: { metricsFile } });
  const read = (): number => server.log.filter(({ msg }) => String(msg).startsWith("read the rules")).length;
  const statusOf = async (value: number): Promise<number> =>
    (await report(server, { id: idOfAge(0), metric: "stars", value }))[0];
  expect(await statusOf(7)).toBe(200);
  writeFileSync(metricsFile, JSON.stringify({ stars: { upperBound: 5 } }));
  await waitUntil(async () => read() === 1);
  expect([await statusOf(5), await statusOf(7)]).toEqual([200, 400]);
  writeFileSync(metricsFile, '{"stars": {"upperBound": "many"}}');
  await server.waitForLog("the rules of the feedback metrics are not valid; the previous ones remain in force");
  expect(await statusOf(7)).toBe(400);
  rmSync(metricsFile);
  await waitUntil(async () => read() === 2);
  expect(await statusOf(7)).toBe(200);
});

test.each([
  ["not JSON", "{", /not valid JSON|Expected property name/],
  ["a list", "[]", /it is not a JSON object/],
  ["an unknown field", '{"stars": {"maximum": 5}}', /"stars" needs lowerBound/],
  ["an empty range", '{"stars": {"lowerBound": 5, "upperBound": 5}}', /"stars" needs lowerBound/],
  ["a maturity of a year", '{"stars": {"maturitySeconds": 31536000}}', /maturitySeconds from 0 to 2678400/],
])("does not start with rules that are %s", async (_what, text, message) => {
  const refused = new ServerProcess(settingsFor(digits("1.1.0"), { feedback: { metricsFile: rulesFile(text) } }));
  expect(await refused.ended()).toBe(1);
  expect(refused.stderr).toMatch(/\[SRV104\] feedback\.metricsFile: /);
  expect(refused.stderr).toMatch(message);
});

test("a replica that stops says how many values it loses", async () => {
  const server = await serveWith({ accuracy: { maturitySeconds: LONG } });
  await report(
    server,
    [1, 1, 0].map((value) => ({ id: idOfAge(0), value })),
  );
  expect(await server.stop("SIGTERM")).toBe(0);
  expect(server.line("lost feedback that is not mature yet")).toMatchObject({
    values: 3,
    reason: "there is no Redis that the replicas share",
  });
});

describeIf(programOf("redis"), "redis-server is not installed", "with a Redis that replicas share", (program) => {
  test("a replica that stops leaves its held values to the others, each to exactly one", async () => {
    const redis = await CacheServer.start(program, "redis");
    const rules = { accuracy: { maturitySeconds: 4 } };
    const servers = await Promise.all([1, 2, 3].map(() => serveWith(rules, { cache: redis.settings })));
    const [stopped, ...others] = servers as [ServerProcess, ServerProcess, ServerProcess];
    await report(
      stopped,
      [1, 1, 0, 1].map((value, i) => ({ id: idOfAge(0, i === 0 ? "2.0.0" : "1.1.0"), value })),
    );
    expect(await stopped.stop("SIGTERM")).toBe(0);
    expect(stopped.line("left feedback that is not mature yet to the other replicas")).toMatchObject({ values: 4 });
    const total = async (version: string): Promise<number> => {
      const counts = await Promise.all(others.map((server) => countOf(server, "accuracy", version)));
      return counts.reduce((sum, count) => sum + count, 0);
    };
    await waitUntil(async () => (await total("1.1.0")) >= 3);
    await delay(6000);
    expect([await total("1.1.0"), await total("2.0.0")]).toEqual([3, 1]);
    await redis.kill();
  });
});

describe("held values", () => {
  const anyValue = fc.record({
    version: fc.constantFrom("1.0.0", "1.1.0"),
    metric: fc.constantFrom("accuracy", "stars"),
    madeAt: fc.double({ min: 1e9, max: 1e9 + 5000, noNaN: true }),
    value: fc.nat(5),
  });
  const anyMaturity = fc.oneof(fc.nat(100), fc.double({ min: 0.01, max: 1e6, noNaN: true }));

  test("each counts once, no earlier than it is mature, and soon after that", () => {
    fc.assert(
      fc.property(fc.array(anyValue), anyMaturity, fc.array(fc.nat(20_000)), (values, maturity, steps) => {
        const held = new HeldValues();
        for (const { version, metric, madeAt, value } of values) {
          const matureAt = endOfSlot(madeAt + maturity, maturity);
          expect(matureAt - madeAt).toBeGreaterThanOrEqual(maturity - 1e-6);
          expect(matureAt - madeAt).toBeLessThanOrEqual(maturity * 1.002 + 1 + 1e-6);
          held.add({ version, metric, matureAt, count: 1, sum: value, sumOfSquares: value * value });
        }
        let now = 1e9;
        const taken = steps.flatMap((seconds) => {
          now += seconds;
          const mature = held.take(now);
          expect(mature.every(({ matureAt }) => matureAt <= now)).toBe(true);
          return mature;
        });
        const left = held.take();
        expect(left.every(({ matureAt }) => matureAt > now)).toBe(true);
        expect(held.count).toBe(0);
        const all = [...taken, ...left];
        expect(all.reduce((sum, { count }) => sum + count, 0)).toBe(values.length);
        expect(all.reduce((total, { sum }) => total + sum, 0)).toBe(values.reduce((sum, { value }) => sum + value, 0));
      }),
    );
  });

  test("memory does not grow with the number of values", () => {
    const held = new HeldValues();
    const maturity = 24 * 3600;
    for (let i = 0; i < 200_000; i++) {
      const matureAt = endOfSlot(1e9 + (maturity * i) / 200_000 + maturity, maturity);
      held.add({ version: "1.0.0", metric: "stars", matureAt, count: 1, sum: 1, sumOfSquares: 1 });
    }
    expect(held.count).toBe(200_000);
    expect(held.take().length).toBeLessThanOrEqual(501);
  });
});
