import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { installModel } from "../src/model/files/install-model";
import type { InstalledModel } from "../src/model/files/installed-model";
import type { DownloadConfig, ModelConfig } from "../src/config/settings";
import { type Fault, FileServer } from "./support/file-server";
import { cleanUp, scratch, ServerProcess, settingsFor } from "./support/server-process";
import { SplitModel } from "./support/split-model";

const FILE = randomBytes(300_000);
const OTHER = randomBytes(200_000);
const sumOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
let server: FileServer;
let root: string;
let lines: Record<string, unknown>[];

beforeAll(async () => (server = await FileServer.start({})));
beforeEach(() => {
  root = scratch();
  lines = [];
  server.requests.length = server.faults.length = 0;
  server.files["/model.onnx"] = FILE;
});
afterAll(async () => {
  server.close();
  await cleanUp();
});

const log = pino({ level: "info" }, { write: (line: string) => void lines.push(JSON.parse(line)) });

/** Installs a model in the folder of this test. */
function place(model: Partial<ModelConfig> = {}, download: Partial<DownloadConfig> = {}): Promise<InstalledModel> {
  const config = {
    name: "m",
    version: "1",
    uri: `${server.url}/model.onnx`,
    root,
    threads: 1,
    cache: true,
    warmUp: { enabled: true },
    ...model,
  };
  return installModel(config, {
    download: { attempts: 5, stalledAfterSeconds: 30, diskLimitBytes: Number.MAX_SAFE_INTEGER, ...download },
    signature: { required: false },
    isInUse: (_name, version) => version === config.version,
    log,
    signal: new AbortController().signal,
  });
}

/** Cuts the connection after so many bytes, once the client has written so much of the file. */
const cut = (bytes: number, soFar = bytes): Fault => ({ cutAfter: bytes, cutWhen: () => partSize() >= soFar });

function partSize(): number {
  const part = (existsSync(folder()) ? readdirSync(folder()) : []).find((name) => name.endsWith(".part"));
  return part === undefined ? 0 : readFileSync(join(folder(), part)).length;
}

const folder = (version = "1"): string => join(root, "m", version);
const rangesAsked = (): (string | undefined)[] => server.requests.map(({ range }) => range);

async function expectPlaced(placing: Promise<InstalledModel>, file = FILE): Promise<void> {
  const placed = await placing;
  expect(placed).toMatchObject({ path: join(folder(), "model.onnx"), sha256: sumOf(file) });
  await placed.commit();
  expect(sumOf(readFileSync(join(folder(), "model.onnx")))).toBe(sumOf(file));
  expect(readdirSync(folder()).sort()).toEqual([".fetched.json", "model.onnx"]);
}

test("resumes an interrupted download until it is complete", async () => {
  server.faults.push(cut(100_000), cut(50_000, 150_000), { status: 503 });
  await expectPlaced(place({ sha256: sumOf(FILE) }));
  expect(rangesAsked()).toEqual([undefined, "bytes=100000-", "bytes=150000-", "bytes=150000-"]);
  const broken = lines.filter(({ msg }) => msg === "the download of the model file was interrupted; retrying");
  expect(broken).toHaveLength(3);
  expect(broken[2]).toMatchObject({ bytes: 150_000, reason: expect.stringMatching(/the server answered 503/) });
});

test("starts over if the file has changed, or if the server does not support ranges", async () => {
  server.faults.push(cut(100_000));
  const placing = place();
  while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  server.files["/model.onnx"] = OTHER;
  await expectPlaced(placing, OTHER);
  server.files["/model.onnx"] = FILE;
  server.faults.push(cut(100_000), { isWhole: true, isChunked: true });
  await expectPlaced(place());
});

test("retries a source that stalls, but not after a permanent error", async () => {
  server.faults.push({ stallAfter: 70_000 });
  await expectPlaced(place({}, { stalledAfterSeconds: 1.5 }));
  expect(rangesAsked()).toEqual([undefined, "bytes=70000-"]);
  server.requests.length = 0;
  await expect(place({ uri: `${server.url}/none` })).rejects.toThrow(/\[SRV201\] .*none: .* answered 404/);
  expect(server.requests).toHaveLength(1);
});

test("limits the attempts without progress, and keeps the partial file for the next start", async () => {
  server.faults.push(cut(9000), cut(0));
  await expect(place({}, { attempts: 2 })).rejects.toThrow(/\[SRV204\] .* ended after 9000 of 300000 bytes/);
  expect(existsSync(join(folder(), "model.onnx"))).toBe(false);
  server.requests.length = 0;
  await expectPlaced(place());
  expect(rangesAsked()).toEqual(["bytes=9000-"]);
});

test("detects a part of another file by the SHA-256, and downloads everything again", async () => {
  server.faults.push(cut(9000), cut(0));
  await expect(place({}, { attempts: 2 })).rejects.toThrow(/SRV204/);
  writeFileSync(join(folder(), `.model.onnx.${hostname()}.${process.pid}.part`), randomBytes(9000));
  server.requests.length = 0;
  await expectPlaced(place({ sha256: sumOf(FILE) }));
  expect(rangesAsked()).toEqual(["bytes=9000-", undefined]);
  await expect(place({ version: "2", sha256: sumOf(OTHER) })).rejects.toThrow(/\[SRV202\] .* is expected/);
  expect(readdirSync(folder("2"))).toEqual([]);
});

test("a server that was killed during a download resumes it", async () => {
  server.faults.push({ stallAfter: 120_000 });
  const model = { uri: `${server.url}/model.onnx`, root, sha256: sumOf(FILE), name: "m", version: "1" };
  const first = new ServerProcess(settingsFor("", { model }));
  while (partSize() < 120_000) await new Promise((resolve) => setTimeout(resolve, 10));
  await first.stop("SIGKILL");
  const second = new ServerProcess(settingsFor("", { model }));
  expect(await second.ended()).toBe(1);
  expect(second.stderr).toMatch(/\[SRV203\].*is not an ONNX model/);
  expect(rangesAsked()).toEqual([undefined, "bytes=120000-"]);
});

test("rejects a model that does not fit, before anything is written and also if its size is unknown", async () => {
  await expect(place({}, { diskLimitBytes: 200_000 })).rejects.toThrow(
    /\[SRV209\] .*needs 300000 more bytes, but 0 of the 200000 bytes for models are in use/,
  );
  expect(readdirSync(folder())).not.toContainEqual(expect.stringMatching(/part$/));
  server.files["/model.onnx"] = randomBytes(3_000_000);
  server.faults.push({ isChunked: true });
  await expect(place({}, { diskLimitBytes: 2_000_000 })).rejects.toThrow(/SRV209/);
  expect(readdirSync(folder())).toEqual([]);
});

test("deletes the external data of a downloaded version with it, and counts its size", async () => {
  const model = new SplitModel(1, ["data/a.bin", "b.bin"], 40_000);
  for (const [name, bytes] of model.files()) server.files[`/split/${name}`] = bytes;
  const size = [...model.files().values()].reduce((sum, { length }) => sum + length, 0);
  const split = { uri: `${server.url}/split/model.onnx`, version: "1", sha256: model.sha256 };
  await place(split);
  const limit = { diskLimitBytes: size + FILE.length - 1 };
  await expect(place({ ...split, version: "2" }, { diskLimitBytes: size - 1 })).rejects.toThrow(/SRV209/);
  await place({ version: "2" }, limit);
  expect(readdirSync(folder("1"), { recursive: true })).toEqual(["data"]);
});

test("deletes downloaded versions that are not served, least recently used first, and no other files", async () => {
  const limit = { diskLimitBytes: 700_000 };
  for (const [i, version] of ["1", "2"].entries()) {
    await place({ version });
    utimesSync(join(folder(version), ".fetched.json"), 1000 - i, 1000 - i);
  }
  mkdirSync(folder("own"));
  writeFileSync(join(folder("own"), "model.onnx"), FILE);
  await place({ version: "3" }, limit);
  const versions = (): string[] => ["1", "2", "3", "own"].filter((one) => existsSync(join(folder(one), "model.onnx")));
  expect(versions()).toEqual(["1", "3", "own"]);
  expect(lines).toContainEqual(
    expect.objectContaining({ msg: expect.stringMatching(/free disk space/), version: "2" }),
  );
});
