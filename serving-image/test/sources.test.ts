import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import pino from "pino";
import { create } from "tar";
import { type InstalledModel, installModel } from "../src/model/files/install-model";
import type { ModelConfig, SignatureConfig } from "../src/config/settings";
import { FileServer } from "./support/file-server";
import { ociLayout } from "./support/oci-layout";
import { cleanUp, scratch } from "./support/server-process";

const FILE = Buffer.alloc(200_000, "a model ");
const SHA256 = createHash("sha256").update(FILE).digest("hex");
let server: FileServer;

beforeAll(async () => (server = await FileServer.start({})));
beforeEach(() => {
  for (const path of Object.keys(server.files)) delete server.files[path];
  server.requests.length = server.faults.length = 0;
});
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in ENVIRONMENT)) delete process.env[name];
  Object.assign(process.env, ENVIRONMENT);
});
afterAll(async () => {
  server.close();
  await cleanUp();
});

const ENVIRONMENT = { ...process.env };

function place(uri: string, signature: SignatureConfig = { required: false }, more: Partial<ModelConfig> = {}) {
  return installModel(
    { name: "m", version: "1", uri, root: scratch(), threads: 1, cache: true, warmUp: { enabled: true }, ...more },
    {
      download: { attempts: 3, stalledAfterSeconds: 30, diskLimitBytes: Number.MAX_SAFE_INTEGER },
      signature,
      isInUse: () => true,
      log: pino({ level: "silent" }),
      signal: new AbortController().signal,
    },
  );
}

async function expectModel(placing: Promise<InstalledModel>): Promise<void> {
  const { path, sha256 } = await placing;
  expect(sha256).toBe(SHA256);
  expect(readFileSync(path).equals(FILE)).toBe(true);
}

test("resumes an S3 object if it is still the same, and starts over if it is not", async () => {
  Object.assign(process.env, { AWS_ENDPOINT_URL: server.url, AWS_REGION: "x" });
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "key" });
  server.files["/bucket/a b+c?d/model.onnx"] = FILE;
  server.faults.push({ cutAfter: 90_000 });
  await expectModel(place("s3://bucket/a b+c?d/model.onnx"));
  expect(server.requests.map(({ range }) => range)).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]/)]);
  server.faults.push({ cutAfter: 90_000 });
  const placing = place("s3://bucket/m.onnx");
  server.files["/bucket/m.onnx"] = Buffer.alloc(150_000);
  while (server.requests.length < 3) await new Promise((resolve) => setTimeout(resolve, 2));
  server.files["/bucket/m.onnx"] = FILE;
  await expectModel(placing);
  await expect(place("s3://bucket/none.onnx")).rejects.toThrow(/\[SRV201\] s3:\/\/bucket\/none.onnx: .*cannot be read/);
});

test("reads a Google Cloud Storage object with keys, with a token, or with the machine's token if access is denied", async () => {
  process.env["STORAGE_EMULATOR_HOST"] = server.url;
  process.env["GCE_METADATA_HOST"] = server.url.slice("http://".length);
  server.files["/bucket/models/digits 1.onnx"] = FILE;
  const uri = "gs://bucket/models/digits 1.onnx";
  await expectModel(place(uri));
  server.files["/computeMetadata/v1/instance/service-accounts/default/token"] = Buffer.from('{"access_token":"own"}');
  server.faults.push({ status: 401 });
  await expectModel(place(uri));
  process.env["GOOGLE_OAUTH_ACCESS_TOKEN"] = "given";
  await expectModel(place(uri));
  Object.assign(process.env, { GS_ACCESS_KEY_ID: "GOOGID", GS_SECRET_ACCESS_KEY: "secret" });
  await expectModel(place(uri));
  expect(
    server.requests.filter(({ path }) => path.startsWith("/bucket")).map(({ authorization }) => authorization),
  ).toEqual([
    undefined,
    undefined,
    "Bearer own",
    "Bearer given",
    expect.stringMatching(/^AWS4-HMAC-SHA256 Credential=GOOGID\//),
  ]);
});

test("finds a registered MLflow model by version or alias, wherever its files are", async () => {
  process.env["MLFLOW_TRACKING_URI"] = `${server.url}/`;
  process.env["MLFLOW_TRACKING_TOKEN"] = "token";
  const api = "/api/2.0/mlflow";
  const answer = (path: string, value: object): Buffer =>
    (server.files[`${api}/${path}`] = Buffer.from(JSON.stringify(value)));
  answer("model-versions/get-download-uri?name=digits&version=3", {
    artifact_uri: "mlflow-artifacts:/1/run/artifacts/model",
  });
  answer("model-versions/get-download-uri?name=digits&version=4", { artifact_uri: `${server.url}/files/m.onnx` });
  answer("registered-models/alias?name=digits&alias=champion", { model_version: { name: "digits", version: "3" } });
  server.files["/api/2.0/mlflow-artifacts/artifacts/1/run/artifacts/model/model.onnx"] = FILE;
  server.files["/api/2.0/mlflow-artifacts/artifacts/1/run/artifacts/model/data/other.onnx"] = FILE;
  server.files["/files/m.onnx"] = FILE;
  for (const uri of [
    "models:/digits/3",
    "models:/digits/4",
    "models:/digits@champion",
    "models:/digits/3/data/other.onnx",
    "mlflow-artifacts:/1/run/artifacts/model/model.onnx",
  ]) {
    await expectModel(place(uri));
  }
  expect(server.requests[0]).toMatchObject({ authorization: "Bearer token" });
  await expect(place("models:/digits/5")).rejects.toThrow(/\[SRV201\] models:\/digits\/5: .*MLflow answered 404/);
  delete process.env["MLFLOW_TRACKING_URI"];
  await expect(place("models:/digits/3")).rejects.toThrow(/MLFLOW_TRACKING_URI does not name/);
});

test("finds a file of an OCI layout as a layer or within one, and verifies every digest", async () => {
  const folder = scratch();
  writeFileSync(join(folder, "model.onnx"), FILE);
  writeFileSync(join(folder, "readme.txt"), "the model");
  create({ cwd: folder, portable: true, sync: true, file: join(folder, "layer.tar") }, ["readme.txt", "model.onnx"]);
  const tar = readFileSync(join(folder, "layer.tar"));
  const onnx = { mediaType: "application/vnd.onnx.model", title: "digits.onnx", bytes: FILE };
  const layer = "application/vnd.oci.image.layer.v1.tar";
  const layout = ociLayout(scratch(), {
    raw: [onnx],
    packed: [
      { mediaType: layer, bytes: tar },
      { mediaType: `${layer}+gzip`, bytes: gzipSync(Buffer.alloc(1024)) },
    ],
    zipped: [{ mediaType: `${layer}+gzip`, bytes: gzipSync(tar) }],
    broken: [{ ...onnx, bytes: Buffer.concat([FILE, FILE]), isCorrupted: true }],
    torn: [{ mediaType: `${layer}+gzip`, bytes: gzipSync(tar, { level: 1 }), isCorrupted: true }],
    modern: [{ mediaType: `${layer}+zstd`, bytes: tar }],
    empty: [{ mediaType: layer, bytes: Buffer.alloc(1024) }],
  });
  await expectModel(place(`oci:${layout.folder}:raw`));
  await expectModel(place(`oci://${layout.folder}:packed`));
  await expectModel(place(`oci:${layout.folder}:zipped#model.onnx`));
  await expectModel(place(`oci:${layout.folder}@${layout.digestOf("raw")}`));
  const refused = async (reference: string): Promise<string> => place(`oci:${reference}`).then(() => "placed", String);
  expect(await refused(`${layout.folder}:broken`)).toMatch(/the content of blob .* does not match its digest/);
  expect(await refused(`${layout.folder}:torn`)).toMatch(/SRV201/);
  expect(await refused(`${layout.folder}:modern`)).toMatch(/zstd/);
  expect(await refused(`${layout.folder}:empty`)).toMatch(/there is no \*\.onnx/);
  expect(await refused(layout.folder)).toMatch(/the layout contains raw, packed, .*select one/);
  expect(await refused(`${scratch()}:raw`)).toMatch(/it is not a valid OCI image layout/);
});

const pemOf = (key: KeyObject): string => key.export({ type: "spki", format: "pem" }).toString();

test("verifies signatures with the configured key, in the formats of openssl and cosign", async () => {
  const ed25519 = generateKeyPairSync("ed25519");
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const raw = sign(null, FILE, ed25519.privateKey);
  const summed = sign("sha256", FILE, ec.privateKey);
  server.files["/model.onnx"] = FILE;
  const uri = `${server.url}/model.onnx`;
  const by = (key: KeyObject, required = true): SignatureConfig => ({ required, publicKey: pemOf(key) });
  const outcome = (signature: SignatureConfig): Promise<string> =>
    place(uri, signature).then(({ sha256 }) => sha256, String);

  expect(await outcome(by(ec.publicKey))).toMatch(/\[SRV208\] .*it has no signature \(\.sig\)/);
  expect(await outcome(by(ec.publicKey, false))).toBe(SHA256);
  server.files["/model.onnx.sig"] = raw;
  expect(await outcome(by(ed25519.publicKey))).toBe(SHA256);
  server.files["/model.onnx.sig"] = Buffer.from(`${raw.toString("base64")}\n`);
  expect(await outcome(by(ed25519.publicKey))).toBe(SHA256);
  server.files["/model.onnx.sig"] = Buffer.from(summed.toString("base64"));
  expect(await outcome(by(ec.publicKey))).toBe(SHA256);
  expect(await outcome(by(ed25519.publicKey))).toMatch(/\[SRV208\] .*is not valid for this file and the key/);
  expect(await outcome(by(generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey, false))).toMatch(/SRV208/);
});

test("verifies an existing file again, with its stored signature", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  server.files["/model.onnx"] = FILE;
  server.files["/model.onnx.sig"] = sign(null, FILE, privateKey);
  const model = { root: scratch(), sha256: SHA256 };
  const signature = { required: true, publicKey: pemOf(publicKey) };
  const { path } = await place(`${server.url}/model.onnx`, signature, model);
  server.requests.length = 0;
  await expectModel(place(`${server.url}/model.onnx`, signature, model));
  expect(server.requests).toEqual([]);
  writeFileSync(`${path}.sig`, sign(null, Buffer.from("another"), privateKey));
  await expect(place(`${server.url}/model.onnx`, signature, model)).rejects.toThrow(/SRV208/);
});
