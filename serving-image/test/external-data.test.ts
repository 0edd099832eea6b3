import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ServerSettings } from "../src/config/settings";
import { infer, jsonOf, outputOf, post } from "./support/client";
import { FileServer } from "./support/file-server";
import { encode, type Message } from "./support/onnx-writer";
import { placeModel } from "./support/place-model";
import { cleanUp, scratch, ServerProcess, settingsFor } from "./support/server-process";
import { sha256, SplitModel } from "./support/split-model";

let files: FileServer;
beforeAll(async () => (files = await FileServer.start({})));
afterAll(async () => {
  files.close();
  await cleanUp();
});

const control = { repository: { control: true } };
const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const signature = { required: true, publicKey: publicKey.export({ type: "spki", format: "pem" }).toString() };

async function ready(settings: ServerSettings, environment?: NodeJS.ProcessEnv): Promise<ServerProcess> {
  const server = new ServerProcess(settings, environment);
  await server.waitForLog("ready");
  return server;
}

/** The answer of a model is one and a half times the number that it was made with. */
async function valueOf(server: ServerProcess): Promise<unknown> {
  const inputs = [{ name: "i", datatype: "INT64", shape: [1], data: [7] }];
  const data = outputOf(await infer(server.url, { inputs }), "y")?.data ?? [];
  expect(data[0]).toBe(data[1]);
  return Number(data[0]) / 1.5;
}

async function load(server: ServerProcess): Promise<[number, unknown]> {
  const response = await post(`${server.url}/v2/repository/models/digits/load`, {});
  return [response.status, (await jsonOf(response)).error];
}

test("serves a model with external data in several files, and verifies the sum that sha256sum computes", async () => {
  const model = new SplitModel(4, ["weights/table.bin", "bias.bin"]);
  const folder = scratch();
  const uri = model.write(folder, "encoder.onnx");
  const command = "(sha256sum < encoder.onnx; sha256sum bias.bin weights/table.bin) | sha256sum";
  const [sum = ""] = execFileSync("sh", ["-c", command], { cwd: folder, encoding: "utf8" }).split(" ");
  const root = scratch();
  const server = await ready(settingsFor("", { model: { uri, root, sha256: sum } }));
  expect(await valueOf(server)).toBe(4);
  expect(server.line("ready")).toMatchObject({ sha256: sum });
  const installed = join(root, "digits/1.1.0");
  expect(readdirSync(installed, { recursive: true }).sort()).toEqual(
    [".fetched.json", "bias.bin", "model.onnx", "weights", "weights/table.bin"].sort(),
  );
  await server.stop("SIGTERM");
  rmSync(uri);
  const again = await ready(settingsFor("", { model: { uri, root, sha256: sum } }));
  expect(again.line("model file is already there")).toBeDefined();
  expect(await valueOf(again)).toBe(4);
});

test("a changed side file of a signed model is refused, and the old version keeps serving", async () => {
  const publish = (model: SplitModel, signed = model): void => {
    for (const [name, bytes] of model.files()) files.files[`/signed/${name}`] = bytes;
    files.files["/signed/model.onnx.sig"] = signed.signature(privateKey);
  };
  const [old, next] = [new SplitModel(2), new SplitModel(6)];
  publish(old);
  const uri = `${files.url}/signed/model.onnx`;
  const server = await ready(settingsFor("", { model: { uri }, signature, ...control }));
  expect(await valueOf(server)).toBe(2);
  files.files["/signed/model.onnx.data"] = next.data.get("model.onnx.data") ?? Buffer.alloc(0);
  expect(await load(server)).toEqual([400, expect.stringMatching(/SRV208.*not valid for the manifest of this model/)]);
  expect(await valueOf(server)).toBe(2);
  publish(next);
  expect(await load(server)).toEqual([200, undefined]);
  expect(await valueOf(server)).toBe(6);
  // The signature of the model's own file alone does not cover its data.
  publish(new SplitModel(8), next);
  expect(await load(server)).toEqual([400, expect.stringMatching(/SRV208/)]);
  delete files.files["/signed/model.onnx.data"];
  expect(await load(server)).toEqual([400, expect.stringMatching(/SRV201.*model.onnx.data: the server answered 404/)]);
  expect(await valueOf(server)).toBe(6);
});

test("a model in the repository keeps its weights when the files are overwritten, truncated or deleted", async () => {
  const root = scratch();
  const folder = join(root, "digits/2");
  const uri = new SplitModel(2).write(folder);
  const tmp = scratch();
  const workers = { count: 1, aboveSeconds: 0 };
  const server = await ready(settingsFor("", { model: { uri, root, version: "2" }, workers, ...control }), {
    TMPDIR: tmp,
  });
  new SplitModel(5).write(folder);
  writeFileSync(join(folder, "model.onnx.sha256"), `${new SplitModel(5).sha256}  -\n`);
  expect(await valueOf(server)).toBe(2);
  expect(await load(server)).toEqual([200, undefined]);
  expect(await valueOf(server)).toBe(5);
  truncateSync(join(folder, "model.onnx.data"));
  expect(await valueOf(server)).toBe(5);
  expect(await load(server)).toEqual([400, expect.stringMatching(/SRV203/)]);
  rmSync(join(folder, "model.onnx.data"));
  expect(await load(server)).toEqual([400, expect.stringMatching(/SRV201.*its external data model.onnx.data: ENOENT/)]);
  expect(await valueOf(server)).toBe(5);
  while (readdirSync(tmp).length > 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await server.stop("SIGTERM")).toBe(0);
  expect(readdirSync(tmp)).toEqual([]);
});

test("the sum of the model's file alone is refused, with the right one", async () => {
  const model = new SplitModel(3);
  const uri = model.write(scratch());
  const server = new ServerProcess(settingsFor("", { model: { uri, sha256: sha256(model.onnx) } }));
  expect(await server.ended()).toBe(1);
  expect(server.stderr).toMatch(
    `the sha256 of the model and its external data (model.onnx.data) is ${model.sha256}, but ${sha256(model.onnx)}, the sum of the model's own file alone, is expected.`,
  );
});

test("data outside the folder of the model is refused, whatever leads there", async () => {
  const secret = scratch();
  writeFileSync(join(secret, "secret"), Buffer.alloc(8200));
  const refusals: Record<string, RegExp> = {
    "../secret": /outside the folder of the model/,
    "a/../../secret": /outside the folder of the model/,
    [join(secret, "secret")]: /outside the folder of the model/,
    "C:\\secret": /outside the folder of the model/,
    "..\\secret": /is not the name of a file/,
    "*/_ORT_MEM_ADDR_/*": /is not the name of a file/,
    "": /is not the name of a file/,
    "model.onnx": /a name that the server itself uses/,
    ".fetched.json": /a name that the server itself uses/,
    link: /is a link to .*secret, which is outside its folder/,
    "folder/secret": /is a link to .*secret, which is outside its folder/,
    pipe: /is not a regular file/,
  };
  for (const [location, reason] of Object.entries(refusals)) {
    const folder = join(scratch(), "model");
    mkdirSync(folder);
    symlinkSync(join(secret, "secret"), join(folder, "link"));
    symlinkSync(secret, join(folder, "folder"));
    execFileSync("mkfifo", [join(folder, "pipe")]);
    const uri = join(folder, "source.onnx");
    writeFileSync(uri, new SplitModel(1, [location, location]).onnx);
    const code = location === "pipe" ? "SRV201" : "SRV210";
    await expect(placeModel(uri)).rejects.toThrow(new RegExp(`\\[${code}\\] .*source.onnx: .*${reason.source}`));
  }
});

test("finds the external data of a large graph, which is read in a thread of its own", async () => {
  const parts = new SplitModel(7);
  const uri = parts.write(scratch());
  const notes = Array.from({ length: 200 }, (_, i): Message => ({ 1: `note ${i}`, 2: "x".repeat(4096) }));
  writeFileSync(uri, Buffer.concat([parts.onnx, encode({ 14: notes })]));
  const server = await ready(settingsFor("", { model: { uri } }));
  expect(await valueOf(server)).toBe(7);
  const refused = new SplitModel(7, ["../up", "../up"]);
  writeFileSync(uri, Buffer.concat([refused.onnx, encode({ 14: notes })]));
  const other = new ServerProcess(settingsFor("", { model: { uri } }));
  expect(await other.ended()).toBe(1);
  expect(other.stderr).toMatch(/SRV210/);
});

test("follows links that a volume is made of, and a link to a model elsewhere", async () => {
  const volume = scratch();
  new SplitModel(9).write(join(volume, "..2026_11"));
  symlinkSync("..2026_11", join(volume, "..data"));
  for (const name of ["model.onnx", "model.onnx.data"]) symlinkSync(join("..data", name), join(volume, name));
  const root = scratch();
  mkdirSync(join(root, "digits/1.1.0"), { recursive: true });
  const linked = join(root, "digits/1.1.0/model.onnx");
  symlinkSync(join(volume, "..2026_11/model.onnx"), linked);
  const [mounted, link] = await Promise.all([
    ready(settingsFor("", { model: { uri: join(volume, "model.onnx") } })),
    ready(settingsFor("", { model: { uri: linked, root } })),
  ]);
  expect(await valueOf(mounted)).toBe(9);
  expect(await valueOf(link)).toBe(9);
});

test("a new version that cannot be loaded leaves every file of the old one in its place", async () => {
  const source = scratch();
  const uri = new SplitModel(2, ["a.bin", "b.bin"]).write(source);
  const root = scratch();
  const server = await ready(settingsFor("", { model: { uri, root }, ...control }));
  const folder = join(root, "digits/1.1.0");
  const content = (): string[] =>
    execFileSync("sh", ["-c", "ls -A; cat * .f*"], { cwd: folder, encoding: "utf8" }).split("\n");
  const before = content();
  new SplitModel(3, ["a.bin", "c.bin"]).write(source);
  truncateSync(join(source, "a.bin"), 10);
  expect(await load(server)).toEqual([400, expect.stringMatching(/SRV203/)]);
  expect(content()).toEqual(before);
  new SplitModel(3, ["a.bin", "c.bin"]).write(source);
  expect(await load(server)).toEqual([200, undefined]);
  expect(await valueOf(server)).toBe(3);
  expect(readdirSync(folder).sort()).toEqual([".fetched.json", "a.bin", "c.bin", "model.onnx"]);
  expect(existsSync(join(folder, "b.bin"))).toBe(false);
});
