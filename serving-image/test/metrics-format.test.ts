import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkMetrics, describeWithPromtool } from "../../test/support/promtool";
import { infer, metricsOf, post } from "./support/client";
import { requestFor } from "./support/samples";
import { cleanUp, digits, SAMPLES, scratch, serve } from "./support/server-process";

const MAIN = join(__dirname, "../dist/main.js");

afterAll(cleanUp);

/** The metrics of a server with every feature that has some, after a request. */
async function allMetrics(): Promise<string> {
  const baseline = join(scratch(), "baseline.json");
  writeFileSync(baseline, execFileSync(process.execPath, [MAIN, "baseline", SAMPLES, "--version", "1.1.0"]));
  const server = await serve(digits("1.1.0"), {
    cache: { memory: {} },
    comparison: { live: "http://127.0.0.1:9", keep: true },
    drift: { baseline, sample: 1 },
  });
  await post(`${server.url}/v2/models/digits/infer`, requestFor(0), { "x-slipway-new-user": "37" });
  const { parameters } = await infer(server.url, requestFor(1));
  await post(`${server.url}/v2/models/digits/feedback`, { id: parameters.prediction_id, reward: 1 });
  return metricsOf(server.url);
}

test("a metric ends with _total if it is a counter, has one help text and is one block", async () => {
  const text = await allMetrics();
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = "", type = ""]) => ({ name, type }));
  expect(types.length).toBeGreaterThan(40);
  expect(types.filter(({ name, type }) => name.endsWith("_total") !== (type === "counter"))).toEqual([]);
  expect(new Set(types.map(({ name }) => name)).size).toBe(types.length);
  const helped = [...text.matchAll(/^# HELP (\S+) \S/gm)].map(([, name]) => name);
  expect(helped).toEqual(types.map(({ name }) => name));
});

describeWithPromtool("the metrics of a server", () => {
  test("pass promtool check metrics", async () => {
    expect(checkMetrics(await allMetrics())).toEqual([]);
  });
});
