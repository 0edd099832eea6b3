import { infer, jsonOf, metricsOf, post, seriesOf } from "./support/client";
import { requestFor } from "./support/samples";
import { cleanUp, digits, serve, type ServerProcess } from "./support/server-process";

let server: ServerProcess;

beforeEach(async () => {
  server = await serve(digits("1.1.0"));
});
afterEach(cleanUp);

const UUID = "785be903-a3c9-4ef6-8d86-951f71dc799b";

async function report(body: unknown, model = "digits"): Promise<[number, Record<string, unknown>]> {
  const response = await post(`${server.url}/v2/models/${model}/feedback`, body);
  return [response.status, await jsonOf(response)];
}

async function counted(version: string, metric: string): Promise<(number | undefined)[]> {
  const text = await metricsOf(server.url);
  const names = ["slipway_feedback_total", "slipway_feedback_value_sum", "slipway_feedback_value_squares_sum"];
  return names.map((name) => seriesOf(text, name, { model: "digits", version, metric }));
}

test("counts a later label once, for the version that made the prediction", async () => {
  const { parameters } = await infer(server.url, requestFor(0));
  const label = { id: parameters.prediction_id, label: 4, prediction: 4 };
  expect(await report(label)).toEqual([200, expect.objectContaining({ accepted: 1, duplicate: 0, refused: 0 })]);
  expect(await report(label)).toEqual([200, expect.objectContaining({ accepted: 0, duplicate: 1 })]);
  const other = await infer(server.url, requestFor(1));
  await report({ id: other.parameters.prediction_id, label: 9, prediction: 4 });
  expect(await counted("1.1.0", "accuracy")).toEqual([2, 1, 1]);
});

test("accepts values for any version of the model, and several at once", async () => {
  const other = `2.0.0-rc.1+build.5.${UUID}`;
  const items = [
    { id: other, metric: "revenue", value: 2.5 },
    { id: other, metric: "revenue", value: 2.5 },
    { id: other, metric: "clicks", value: 0 },
    { id: "nonsense", value: 1 },
    { id: `1.1.0.${UUID}`, label: { digit: [4] }, prediction: { digit: [4] } },
  ];
  const [status, body] = await report(items);
  expect(status).toBe(200);
  expect(body).toMatchObject({ accepted: 3, duplicate: 1, refused: 1 });
  const statuses = (body.items as { status: string }[]).map((item) => item.status);
  expect(statuses).toEqual(["accepted", "duplicate", "accepted", "refused", "accepted"]);
  expect(await counted("2.0.0-rc.1+build.5", "revenue")).toEqual([1, 2.5, 6.25]);
  expect(await counted("2.0.0-rc.1+build.5", "clicks")).toEqual([1, 0, 0]);
  expect(await counted("1.1.0", "accuracy")).toEqual([1, 1, 1]);
});

test.each<[string, unknown, RegExp]>([
  ["an invalid id", { id: "1.1.0.7", value: 1 }, /has an id that is not a valid prediction id/],
  ["an id with a line break", { id: `1.1.0\n.${UUID}`, value: 1 }, /has an id that is not a valid prediction id/],
  ["no id", { value: 1 }, /has no id/],
  ["no value", { id: `1.1.0.${UUID}` }, /has no value, no reward, and no label/],
  [
    "a label without a prediction",
    { id: `1.1.0.${UUID}`, label: 1 },
    /has no value, no reward, and no label with a prediction/,
  ],
  [
    "a value and a label",
    { id: `1.1.0.${UUID}`, label: 1, prediction: 1, value: 1 },
    /has more than one of value, reward and label/,
  ],
  ["a value that is a string", { id: `1.1.0.${UUID}`, value: "1" }, /has a value that is not a number/],
  ["a reward over 1", { id: `1.1.0.${UUID}`, reward: 1.5 }, /has a reward that is not a number from 0 to 1/],
  ["a negative value", { id: `1.1.0.${UUID}`, value: -1 }, /has a value that is not a number from 0/],
  ["an invalid metric", { id: `1.1.0.${UUID}`, value: 1, metric: "a b" }, /has a metric that is not a valid name/],
  ["a number", 7, /is not an object/],
  ["an empty array", [], /is empty/],
  ["invalid JSON", "{", /not valid JSON/],
])("rejects %s", async (_what, body, message) => {
  expect(await report(body)).toEqual([400, expect.objectContaining({ error: expect.stringMatching(message) })]);
});

test("rejects unknown models, and limits the number of time series", async () => {
  expect((await report({ id: `1.1.0.${UUID}`, value: 1 }, "letters"))[0]).toBe(404);
  const versions = Array.from({ length: 30 }, (_, i) => ({ id: `9.0.${i}.${UUID}`, value: 1 }));
  const [, body] = await report(versions);
  expect(body).toMatchObject({ accepted: 19, refused: 11 });
  const metrics = Array.from({ length: 30 }, (_, i) => ({ id: `1.1.0.${UUID}`, metric: `m${i}`, value: 1 }));
  expect((await report(metrics))[1]).toMatchObject({ accepted: 19, refused: 11 });
  const [status, rejection] = await report({ id: `9.9.9.${UUID}`, value: 1 });
  expect([status, rejection.error]).toEqual([400, expect.stringMatching(/at most 20 versions/)]);
});
