import { createHmac, randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ServerSettings } from "../src/config/settings";
import { describeIf } from "../../test/support/describe-if";
import { CacheServer, programOf } from "./support/cache-server";
import { infer, jsonOf, metricsOf, post, seriesOf } from "./support/client";
import { GrpcClient } from "./support/grpc-client";
import { requestFor } from "./support/samples";
import { cleanUp, digits, scratch, serve, ServerProcess, settingsFor } from "./support/server-process";

afterEach(cleanUp);

const SECRET = "correct horse battery";

function secretFile(...secrets: string[]): string {
  const file = join(scratch(), "secret");
  writeFileSync(file, secrets.join("\n"));
  return file;
}

const signed = (version: string, feedback: ServerSettings["feedback"] = {}, name = "digits"): Promise<ServerProcess> =>
  serve(digits(version), { feedback: { secretFile: secretFile(SECRET), ...feedback }, model: { name, version } });

async function report(server: ServerProcess, body: unknown, model = "digits"): Promise<Record<string, unknown>> {
  return jsonOf(await post(`${server.url}/v2/models/${model}/feedback`, body));
}

const idOf = async (server: ServerProcess, model = "digits"): Promise<string> =>
  (await infer(server.url, requestFor(0), model)).parameters.prediction_id;

/** An id as a server with this secret would have created it some time ago. */
function idOfThen(secret: string, secondsAgo: number): string {
  const named = `1.1.0.${randomUUID()}.${(Math.floor(Date.now() / 1000) - secondsAgo).toString(36)}`;
  const signature = createHmac("sha256", secret).update(`digits\n${named}`).digest().subarray(0, 16);
  return `${named}.${signature.toString("base64url")}`;
}

async function rejectionsOf({ url }: ServerProcess): Promise<Record<string, number>> {
  const text = await metricsOf(url);
  const reasons = [
    "malformed",
    "unknown_id",
    "unsigned",
    "wrong_signature",
    "too_late",
    "too_many_series",
    "duplicate",
  ];
  const counted = reasons.map((reason): [string, number | undefined] => [
    reason,
    seriesOf(text, "slipway_feedback_refused_total", { model: "digits", reason }),
  ]);
  return Object.fromEntries(counted.filter((one): one is [string, number] => one[1] !== 0));
}

test("any replica accepts ids that another one has signed, and counts feedback for the version of the id", async () => {
  const [stable, canary] = await Promise.all([signed("1.1.0"), signed("1.2.0")]);
  const id = await idOf(canary);
  expect(id).toMatch(/^1\.2\.0\.[0-9a-f-]{36}\.[0-9a-z]+\.[A-Za-z0-9_-]{22}$/);
  expect(await report(stable, { id, reward: 1 })).toMatchObject({ accepted: 1 });
  expect(await report(stable, { id, reward: 1 })).toMatchObject({ accepted: 0, duplicate: 1 });
  const reply = await new GrpcClient(canary.grpcPort).infer(requestForGrpc());
  expect(await report(stable, { id: reply.metadata?.get("slipway-prediction-id")[0], reward: 0 })).toMatchObject({
    accepted: 1,
  });
  const text = await metricsOf(stable.url);
  const rewards = { model: "digits", version: "1.2.0", metric: "reward" };
  expect(seriesOf(text, "slipway_feedback_total", rewards)).toBe(2);
  expect(seriesOf(text, "slipway_feedback_value_sum", rewards)).toBe(1);
  expect(await rejectionsOf(stable)).toEqual({ duplicate: 1 });
});

function requestForGrpc(): object {
  const raw = Buffer.from(Float32Array.from({ length: 64 }, (_, i) => i % 16).buffer);
  return { inputs: [{ name: "image", datatype: "FP32", shape: [1, 64] }], raw_input_contents: [raw] };
}

test("rejects ids that are forged, modified, expired or of another model, and counts the reasons", async () => {
  const server = await signed("1.1.0", { maxAgeSeconds: 3600, maxValue: 10 });
  const other = await signed("1.1.0", {}, "letters");
  const id = await idOf(server);
  const items: [unknown, string][] = [
    [id.replace("1.1.0", "1.2.0"), "wrong_signature"],
    [await idOf(other, "letters"), "wrong_signature"],
    [idOfThen("another secret of sixteen", 0), "wrong_signature"],
    [`1.1.0.${randomUUID()}`, "unsigned"],
    [idOfThen(SECRET, 3700), "too_late"],
    ["1.1.0.7", "unknown_id"],
    [`1.1.0.${"9".repeat(5000)}`, "unknown_id"],
  ];
  for (const [made, reason] of items) {
    const answer = await post(`${server.url}/v2/models/digits/feedback`, { id: made, value: 1 });
    expect([answer.status, await jsonOf(answer)]).toMatchObject([400, { items: [{ reason, status: "refused" }] }]);
  }
  expect(await report(server, { id, value: 10.5 })).toMatchObject({ error: expect.stringMatching(/from 0 to 10\./) });
  expect(await report(server, { id: idOfThen(SECRET, 3500), value: 10 })).toMatchObject({ accepted: 1 });
  expect(await rejectionsOf(server)).toEqual({
    wrong_signature: 3,
    unsigned: 1,
    too_late: 1,
    unknown_id: 2,
    malformed: 1,
  });
});

test("secrets can be rotated: several are accepted at once, also from the environment", async () => {
  const old = "an older secret, still good";
  const server = await signed("1.1.0", { secretFile: secretFile(SECRET, old) });
  const settings = settingsFor(digits("1.1.0"));
  const next = new ServerProcess(settings, { SLIPWAY_FEEDBACK_SECRET: SECRET });
  await next.waitForLog("ready");
  expect(await report(server, { id: idOfThen(old, 1), value: 1 })).toMatchObject({ accepted: 1 });
  expect(await report(next, { id: await idOf(server), value: 1 })).toMatchObject({ accepted: 1 });
  expect(await report(next, { id: idOfThen(old, 1), value: 1 })).toMatchObject({ refused: 1 });
});

test.each<[string, ServerSettings["feedback"], RegExp]>([
  [
    "a maximum age without a secret",
    { maxAgeSeconds: 60 },
    /\[SRV104\] feedback\.maxAgeSeconds: is set, but ids are not signed/,
  ],
  ["a missing secret file", { secretFile: "/nowhere/secret" }, /\[SRV104\] feedback\.secretFile: .*cannot be read/],
])("does not start with %s", async (_what, feedback, message) => {
  const refused = new ServerProcess(settingsFor(digits("1.1.0"), { feedback }));
  expect(await refused.ended()).toBe(1);
  expect(refused.stderr).toMatch(message);
});

test("does not start with a short secret, and never prints it", async () => {
  const refused = new ServerProcess(settingsFor(digits("1.1.0")), { SLIPWAY_FEEDBACK_SECRET: "hunter2" });
  expect(await refused.ended()).toBe(1);
  expect(refused.stderr).toMatch(/\[SRV104\] SLIPWAY_FEEDBACK_SECRET: contains a secret that is too short/);
  expect(refused.stderr).not.toContain("hunter2");
});

describeIf(programOf("redis"), "redis-server is not installed", "with a Redis that replicas share", (program) => {
  test("the same report counts once across replicas, and still counts without Redis", async () => {
    const redis = await CacheServer.start(program, "redis");
    const settings = { cache: redis.settings };
    const [one, other] = await Promise.all([serve(digits("1.1.0"), settings), serve(digits("1.1.0"), settings)]);
    const id = await idOf(one);
    const twice = await Promise.all([one, other].map((server) => report(server, { id, reward: 1 })));
    expect(twice.map(({ accepted }) => accepted).sort()).toEqual([0, 1]);
    expect(await report(other, { id, value: 1, metric: "clicks" })).toMatchObject({ accepted: 1 });
    expect(await report(one, { id, value: 1, metric: "clicks" })).toMatchObject({ duplicate: 1 });
    await redis.kill();
    expect(await report(one, { id: await idOf(one), reward: 1 })).toMatchObject({ accepted: 1 });
    await one.waitForLog("duplicate feedback is only detected within this replica");
  });
});
