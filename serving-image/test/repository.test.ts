import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { parse, compare } from "semver";
import { newestFirst } from "../src/model/newest-first";
import { infer, jsonOf, post } from "./support/client";
import { requestFor } from "./support/samples";
import type { ServerProcess } from "./support/server-process";
import { cleanUp, digits, scratch, serve } from "./support/server-process";

let server: ServerProcess;
let root: string;

beforeAll(async () => {
  root = scratch();
  server = await serve(digits("1.0.0"), {
    model: { version: "1", root: scratch() },
    repository: { root, control: true },
  });
});
afterAll(cleanUp);

function put(model: string, version: string): string {
  const folder = join(root, model, version);
  mkdirSync(folder, { recursive: true });
  copyFileSync(digits("1.1.0"), join(folder, "model.onnx"));
  return folder;
}

const load = (model: string): Promise<Response> => post(`${server.url}/v2/repository/models/${model}/load`, {});
const ignored = (): unknown[] =>
  server.log.filter(({ msg }) => msg === "a folder of the model repository is ignored").map(({ path }) => path);

test("serves the newest number or semantic version, and says in the log which folders are ignored and why", async () => {
  const copies = ["3.backup", "latest", "v4", "05", "2.0", "1.2.3.4", "9e9", "10 (copy)"];
  const folders = ["1", "3", ...copies].map((version) => put("letters", version));
  const empty = join(root, "letters/12");
  mkdirSync(empty);
  mkdirSync(join(root, "letters/warmup"));
  expect((await load("letters")).status).toBe(200);
  expect((await infer(server.url, requestFor(0), "letters")).model_version).toBe("3");
  expect(ignored().sort()).toEqual([...folders.slice(2), empty].sort());
  expect(server.log).toContainEqual(
    expect.objectContaining({
      level: "warn",
      path: join(root, "letters/3.backup"),
      reason: expect.stringMatching(/^"3.backup" is not a version: .*whole number.*semantic version/),
    }),
  );
  expect((await load("letters")).status).toBe(200);
  expect(ignored()).toHaveLength(copies.length + 1);
});

test("a model that has nothing but copies is not served", async () => {
  put("copies", "1.backup");
  const response = await load("copies");
  expect([response.status, (await jsonOf(response)).error]).toEqual([404, expect.stringMatching(/whole number/)]);
});

test("serves a version whose folder is a symbolic link", async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), "slipway-release-"));
  copyFileSync(digits("1.1.0"), join(elsewhere, "model.onnx"));
  put("linked", "1.0.0-rc.1");
  symlinkSync(elsewhere, join(root, "linked", "1.0.0"));
  expect((await load("linked")).status).toBe(200);
  expect((await infer(server.url, requestFor(0), "linked")).model_version).toBe("1.0.0");
  rmSync(elsewhere, { recursive: true });
});

test("a sum that is not a sum is refused, and the old version is kept", async () => {
  put("summed", "1");
  expect((await load("summed")).status).toBe(200);
  writeFileSync(join(put("summed", "2"), "model.onnx.sha256"), "");
  const response = await load("summed");
  expect([response.status, (await jsonOf(response)).error]).toEqual([
    400,
    expect.stringMatching(/SRV202\].*model.onnx.sha256: does not begin with a SHA-256/),
  ]);
  expect((await infer(server.url, requestFor(0), "summed")).model_version).toBe("1");
});

const number = fc.bigInt({ min: 0n, max: 10n ** 30n }).map(String);
const small = fc.nat(3).map(String);
const semantic = fc
  .tuple(small, small, small, fc.constantFrom("", "-rc.1", "-rc.2", "-rc.10", "-alpha", "-1"))
  .map(([major, minor, patch, candidate]) => `${major}.${minor}.${patch}${candidate}`)
  .filter((version) => parse(version) !== null);
const other = fc.constantFrom("3.backup", "latest", "v9", "007", "1.2", "99999999999.9");
const newest = (versions: readonly string[]): string[] => newestFirst(versions, (version) => version);

test("orders numbers of any length by value, semantic versions as semver does, and anything else after both", () => {
  fc.assert(
    fc.property(fc.array(number), (versions) => {
      const byValue = [...versions].sort((a, b) => Number(BigInt(b) > BigInt(a)) - Number(BigInt(b) < BigInt(a)));
      expect(newest(versions)).toEqual(byValue);
    }),
  );
  fc.assert(
    fc.property(fc.uniqueArray(semantic), (versions) => {
      expect(newest(versions)).toEqual([...versions].sort((a, b) => compare(b, a)));
    }),
  );
  fc.assert(
    fc.property(fc.uniqueArray(fc.oneof(number, semantic)), fc.uniqueArray(other), (versions, others) => {
      expect(
        newest([...others, ...versions])
          .slice(versions.length)
          .sort(),
      ).toEqual([...others].sort());
    }),
  );
});
