import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ServerSettings } from "../src/config/settings";
import { infer, outputOf } from "./support/client";
import { FileServer } from "./support/file-server";
import { type Message, node, tensorValue, writeModel } from "./support/onnx-writer";
import { requestFor, samples } from "./support/samples";
import { cleanUp, digits, scratch, serve, ServerProcess, settingsFor, tiny } from "./support/server-process";

const file = readFileSync(digits("1.1.0"));
const sha256 = createHash("sha256").update(file).digest("hex");
let files: FileServer;

beforeAll(async () => {
  files = await FileServer.start({ "/models/digits.onnx": file });
});
afterAll(async () => {
  files.close();
  await cleanUp();
});

/** Starts a server that must exit by itself, and returns its stderr. */
async function failure(settings: ServerSettings, environment?: NodeJS.ProcessEnv): Promise<string> {
  const server = new ServerProcess(settings, environment);
  expect(await server.ended()).toBe(1);
  expect(server.line("the server cannot start")).toMatchObject({ problems: expect.any(Array) });
  expect(server.stderr).not.toMatch(/\n\s+at /);
  return server.stderr;
}

const withModel = (model: ServerSettings["model"]): ServerSettings =>
  settingsFor(digits("1.1.0"), { model, download: { attempts: 2 } });

test("reports all problems of the settings at once, each with its path and a fix", async () => {
  const settings = {
    http: { port: 70_000, bodyLimitBites: 1 },
    model: { name: "../up", version: "1.0.0", sha256: "abc" },
    buckets: { durationSeconds: [0.1, 0.05] },
    batching: { maxBatchSize: "32", exact: "yes" },
    drains: {},
    log: { level: "loud" },
  };
  const stderr = await failure(settings as unknown as ServerSettings, { SLIPWAY_HTTP_PORT: "http", SLIPWAY_HOST: "" });
  expect(stderr.trim().split("\n").sort()).toEqual([
    expect.stringContaining("[SRV103] drains: is not a valid setting. Did you mean drain?"),
    expect.stringContaining("[SRV103] http.bodyLimitBites: is not a valid setting. Did you mean http.bodyLimitBytes?"),
    expect.stringContaining('[SRV104] batching.exact: "yes" is not valid. Set it to true or false.'),
    expect.stringContaining('[SRV104] batching.maxBatchSize: "32" is not valid. Set it to a whole number from 1'),
    expect.stringContaining(
      "[SRV104] buckets.durationSeconds: [0.1,0.05] is not valid. Set it to a list of increasing",
    ),
    expect.stringContaining(
      '[SRV104] http.port: "http" (from SLIPWAY_HTTP_PORT) is not valid. Set it to a whole number',
    ),
    expect.stringContaining('[SRV104] log.level: "loud" is not valid. Set it to one of debug'),
    expect.stringContaining('[SRV104] model.name: "../up" is not valid.'),
    expect.stringContaining('[SRV104] model.sha256: "abc" is not valid. Set it to 64 hexadecimal digits.'),
    expect.stringContaining("[SRV105] model.uri: is not set. Set it to a path, or a file://"),
  ]);
});

test("reports a configuration file that is missing or not a JSON object", async () => {
  const broken = join(scratch(), "broken.json");
  writeFileSync(broken, "{");
  const stderr = await Promise.all([
    failure({}, { SLIPWAY_CONFIG: "/nowhere/server.json" }),
    failure({}, { SLIPWAY_CONFIG: broken }),
    failure([] as ServerSettings),
  ]);
  expect(stderr).toEqual([
    expect.stringMatching(/\[SRV101\] \/nowhere\/server.json: cannot be read: ENOENT/),
    expect.stringMatching(/\[SRV102\] .*broken.json: is not valid JSON/),
    expect.stringMatching(/\[SRV102\] .*server.json: is not a JSON object/),
  ]);
});

/** A model that returns the powers of two that scale microscaling formats, an element type of opset 24. */
function withScalesAsOutput(folder: string): string {
  const scale: Message = { 1: "scale", 2: { 1: { 1: 24, 2: { 1: { 1: 2 } } } } };
  return writeModel(
    join(folder, "scales.onnx"),
    {
      inputs: [tensorValue("x", "FP32", [2])],
      outputs: [scale],
      nodes: [node("Cast", ["x"], ["scale"], { to: 24 })],
    },
    { 1: 12, 8: [{ 1: "", 2: 24 }] },
  );
}

test("does not start with a model file that is missing, truncated, of another hash or not ONNX, and leaves no files", async () => {
  const folder = scratch();
  writeFileSync(join(folder, "cut.onnx"), file.subarray(0, 9000));
  writeFileSync(join(folder, "page.onnx"), "<html>not found</html>");
  writeFileSync(join(folder, "empty.onnx"), "");
  const root = scratch();
  const from = (name: string): ServerSettings => withModel({ uri: join(folder, name) });
  const other = "0".repeat(64);
  const stderr = await Promise.all([
    failure(withModel({ uri: "file:///nowhere/model.onnx", root })),
    failure(withModel({ uri: "s3://", root })),
    failure(withModel({ sha256: other, root })),
    failure(from("cut.onnx")),
    failure(from("page.onnx")),
    failure(from("empty.onnx")),
    failure(withModel({ uri: `${files.url}/models/none.onnx`, root })),
    // The partial file is kept for the next start, so this one has its own folder.
    failure(withModel({ uri: `${files.url}/cut/models/digits.onnx`, root: scratch() })),
    failure(withModel({ uri: "http://127.0.0.1:9/model.onnx", root })),
    failure(withModel({ root: join(folder, "page.onnx") })),
    failure(settingsFor(withListAsInput(folder))),
    failure(settingsFor(tiny("brain"))),
    failure(settingsFor(withScalesAsOutput(folder))),
    failure(settingsFor(tiny("locale"))),
  ]);
  expect(stderr).toEqual([
    expect.stringMatching(/\[SRV201\] file:\/\/\/nowhere\/model.onnx: the model cannot be read: ENOENT/),
    expect.stringMatching(/\[SRV104\] model.uri: "s3:\/\/" is not valid/),
    expect.stringMatching(`\\[SRV202\\] file://.*: the file's sha256 is ${sha256}, but ${other} is expected`),
    expect.stringMatching(
      /\[SRV203\] .*model.onnx: is not an ONNX model that can be loaded: .*Protobuf parsing failed/,
    ),
    expect.stringMatching(/\[SRV203\] .*model.onnx: is not an ONNX model/),
    expect.stringMatching(/\[SRV203\] .*model.onnx: is not an ONNX model/),
    expect.stringMatching(/\[SRV201\] http.*none.onnx: the model cannot be read: the server answered 404/),
    expect.stringMatching(/\[SRV204\] http.*digits.onnx: the transfer ended after \d+ of 20992 bytes/),
    expect.stringMatching(/\[SRV201\] http.*: the model cannot be read: fetch failed/),
    expect.stringMatching(/\[SRV205\] .*page.onnx: the model cannot be stored there: ENOTDIR/),
    expect.stringMatching(/\[SRV206\] .*model.onnx: its input "list" is not a tensor, which onnxruntime-node cannot/),
    expect.stringMatching(
      /\[SRV206\] .*model.onnx: its input "x" is BFLOAT16, which .* Cast it .*use BFLOAT16 internally/,
    ),
    expect.stringMatching(/\[SRV206\] .*model.onnx: its output "scale" is FLOAT8E8M0, which /),
    expect.stringMatching(/\[SRV203\] .*model.onnx: needs the locale xx_XX.UTF-8, which is not installed .*Install it/),
  ]);
  expect(readdirSync(join(root, "digits/1.1.0"))).toEqual([]);
});

test("reads models from a path, over HTTP and from S3, and stores them in Triton's layout", async () => {
  const environment = {
    AWS_ENDPOINT_URL: files.url,
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "id",
    AWS_SECRET_ACCESS_KEY: "key",
  };
  for (const uri of [digits("1.1.0"), `${files.url}/models/digits.onnx`, "s3://models/digits.onnx"]) {
    const root = scratch();
    const server = new ServerProcess(
      settingsFor("", { model: { uri, root, sha256: sha256.toUpperCase() } }),
      environment,
    );
    expect(await server.waitForLog("ready")).toMatchObject({ sha256 });
    expect(readFileSync(join(root, "digits/1.1.0/model.onnx"))).toEqual(file);
    expect(readdirSync(join(root, "digits/1.1.0")).sort()).toEqual([".fetched.json", "model.onnx"]);
    expect(outputOf(await infer(server.url, requestFor(0)), "label")?.data).toEqual([samples[0]?.label]);
  }
});

test("downloads nothing if the right file exists, and replaces a wrong one", async () => {
  const root = scratch();
  const place = join(root, "digits/1.1.0");
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "model.onnx"), "an old download, broken off");
  files.paths.length = 0;
  const settings = settingsFor("", { model: { uri: `${files.url}/models/digits.onnx`, root, sha256 } });
  for (let start = 1; start <= 2; start++) {
    const server = new ServerProcess(settings);
    await server.waitForLog("ready");
    expect(files.paths).toHaveLength(1);
    expect(await server.stop("SIGTERM")).toBe(0);
  }
});

test("reports a port in use", async () => {
  const first = await serve(digits("1.1.0"));
  const stderr = await failure(settingsFor(digits("1.1.0"), { http: { port: first.port } }));
  expect(stderr).toMatch(
    new RegExp(`^slipway-serving: \\[SRV301\\] http.port: port ${first.port} on 127.0.0.1 is in use.*\n$`),
  );
});

test("answers probes while the model is downloaded, and is not ready", async () => {
  const server = new ServerProcess(settingsFor("", { model: { uri: `${files.url}/stalled` } }));
  await server.waitForLog("listening");
  const answers = await Promise.all(
    ["/health", "/ready", "/v2/models/digits"].map(async (path) => {
      const response = await fetch(server.url + path);
      return [response.status, await response.json()];
    }),
  );
  const reason = "the model file is being fetched";
  expect(answers).toEqual([
    [200, { live: true }],
    [503, { ready: false, reason }],
    [503, { error: `Model "digits" is not ready: ${reason}.` }],
  ]);
  expect(await server.stop("SIGTERM")).toBe(0);
});

/** Writes a model whose input is a list of tensors. */
function withListAsInput(folder: string): string {
  return writeModel(join(folder, "list.onnx"), {
    inputs: [{ 1: "list", 2: { 4: { 1: { 1: { 1: 1 } } } } }],
    outputs: [tensorValue("length", "INT64", [])],
    nodes: [node("SequenceLength", ["list"], ["length"])],
  });
}
