import { Metadata } from "@grpc/grpc-js";
import { jsonOf, metricsOf, post, seriesOf } from "./support/client";
import { GrpcClient } from "./support/grpc-client";
import { requestFor } from "./support/samples";
import { cleanUp, digits, serve, ServerProcess, settingsFor } from "./support/server-process";

let server: ServerProcess;

beforeEach(async () => {
  server = await serve(digits("1.1.0"), { feedback: { remembered: 100 } });
});
afterEach(cleanUp);

const VERSION = { model: "digits", version: "1.1.0" };
const COOKIE = "slipway-1a2b3c4d";

/** The header that the router adds for users who have a bucket already. */
const SOURCE = { "x-slipway-bucket-source": `header=X-Slipway-Bucket,cookie=${COOKIE}` };

const infer = (headers: Record<string, string>, body: unknown = requestFor(0)): Promise<Response> =>
  post(`${server.url}/v2/models/digits/infer`, body, headers);

async function idFor(headers: Record<string, string>): Promise<string> {
  const response = await infer(headers);
  await response.text();
  return String(response.headers.get("slipway-prediction-id"));
}

const report = async (...items: object[]): Promise<Record<string, unknown>> =>
  jsonOf(await post(`${server.url}/v2/models/digits/feedback`, items));

/** The groups of a counter that are not 0. */
async function groupsOf(name: string, labels: Record<string, string> = {}): Promise<Record<string, number>> {
  const text = await metricsOf(server.url);
  const groups = Array.from({ length: 25 }, (_, group) => String(group));
  const counted = groups.map((group): [string, number | undefined] => [
    group,
    seriesOf(text, name, { ...VERSION, ...labels, user_group: group }),
  ]);
  return Object.fromEntries(counted.filter((one): one is [string, number] => Boolean(one[1])));
}

test("counts requests by the group of the user's bucket: from a header, from a cookie, and of new users", async () => {
  await idFor({ ...SOURCE, "x-slipway-bucket": "3" });
  await idFor({ ...SOURCE, cookie: `session=7; ${COOKIE}=28; theme=dark` });
  await idFor({ "x-slipway-new-user": "99" });
  expect(await groupsOf("slipway_user_group_requests_total")).toEqual({ 3: 2, 24: 1 });
  expect(await groupsOf("slipway_user_group_errors_total")).toEqual({});
  expect(seriesOf(await metricsOf(server.url), "slipway_new_users_total", VERSION)).toBe(1);
});

test("counts calls over gRPC, and feedback for the group of the prediction's user, whichever way it arrives", async () => {
  const metadata = new Metadata();
  metadata.set("x-slipway-new-user", "41");
  const raw = Buffer.from(Float32Array.from({ length: 64 }, (_, i) => i % 16).buffer);
  const inputs = [{ name: "image", datatype: "FP32", shape: [1, 64] }];
  const reply = await new GrpcClient(server.grpcPort).infer({ inputs, raw_input_contents: [raw] }, {}, metadata);
  const ids = [String(reply.metadata?.get("slipway-prediction-id")[0]), await idFor({ "x-slipway-new-user": "16" })];
  expect(ids).toEqual([expect.stringMatching(/\.b41\.[0-9a-z]+$/), expect.stringMatching(/\.b16\.[0-9a-z]+$/)]);
  expect(await groupsOf("slipway_user_group_requests_total")).toEqual({ 16: 2 });
  const values = ids.map((id, i) => ({ id, metric: "revenue", value: i + 2 }));
  expect(await report(...values, ...values)).toMatchObject({ accepted: 2, duplicate: 2 });
  expect(await groupsOf("slipway_user_group_feedback_total", { metric: "revenue" })).toEqual({ 16: 2 });
  expect(await groupsOf("slipway_user_group_feedback_value_sum", { metric: "revenue" })).toEqual({ 16: 5 });
});

test("signs the bucket, so that nobody can move a value to another group", async () => {
  server = new ServerProcess(settingsFor(digits("1.1.0")), { SLIPWAY_FEEDBACK_SECRET: "correct horse battery" });
  await server.waitForLog("ready");
  const id = await idFor({ "x-slipway-new-user": "7" });
  expect(id).toMatch(/^1\.1\.0\.[0-9a-f-]{36}\.b7\.[0-9a-z]+\.[A-Za-z0-9_-]{22}$/);
  expect(await report({ id: id.replace(".b7.", ".b8."), reward: 1 })).toMatchObject({ refused: 1 });
  expect(await report({ id, reward: 1 })).toMatchObject({ accepted: 1 });
  expect(await groupsOf("slipway_user_group_feedback_total")).toEqual({ 7: 1 });
});

test.each<[string, Record<string, string>]>([
  ["no router that divides users", { "x-slipway-bucket": "3", cookie: `${COOKIE}=28` }],
  ["a bucket that does not exist", { ...SOURCE, "x-slipway-bucket": "100" }],
  ["another cookie", { ...SOURCE, cookie: `x${COOKIE}=28` }],
  ["a bucket that is not a number", { "x-slipway-new-user": "1e1" }],
])("exports no series with %s", async (_what, headers) => {
  const id = await idFor(headers);
  expect(await report({ id, reward: 1 })).toMatchObject({ accepted: 1 });
  expect(await metricsOf(server.url)).not.toMatch(/^slipway_(user_group|new_users)\w*\{/m);
});

test("exports at most 20 versions and metrics by group, whatever ids claim, and still counts the others in total", async () => {
  const uuid = "785be903-a3c9-4ef6-8d86-951f71dc799b";
  const ids = Array.from({ length: 5 }, (_, i) => `2.${i}.0.${uuid}.b5`);
  const metrics = Array.from({ length: 5 }, (_, i) => `metric_${i}`);
  await report(...ids.flatMap((id) => metrics.map((metric) => ({ id, metric, value: 1 }))));
  const text = await metricsOf(server.url);
  expect(text.match(/^slipway_feedback_total\{/gm)).toHaveLength(25);
  expect(text.match(/^slipway_user_group_feedback_total\{/gm)).toHaveLength(20 * 25);
});
