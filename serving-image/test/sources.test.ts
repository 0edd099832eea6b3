import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { create } from "tar";
import type { InstalledModel } from "../src/model/files/installed-model";
import type { SignatureConfig } from "../src/config/settings";
import { FileServer } from "./support/file-server";
import { ociLayout } from "./support/oci-layout";
import { expectModel, FILE, placeModel, SHA256 } from "./support/place-model";
import { restoreEnvironment } from "./support/restored-environment";
import { cleanUp, scratch } from "./support/server-process";
import { SplitModel } from "./support/split-model";

let server: FileServer;

beforeAll(async () => (server = await FileServer.start({})));
beforeEach(() => server.reset());
afterEach(restoreEnvironment);
afterAll(async () => {
  server.close();
  await cleanUp();
});

const SPLIT = new SplitModel(1, ["weights of 1/table+1.bin", "bias.bin"]);

/** Serves the model with external data in a folder. */
function putSplit(folder: string, name?: string): void {
  for (const [file, bytes] of SPLIT.files(name)) server.files[`${folder}/${file}`] = bytes;
}

async function expectSplit(placing: Promise<InstalledModel>): Promise<void> {
  const { path, sha256 } = await placing;
  expect(sha256).toBe(SPLIT.sha256);
  for (const [file, bytes] of SPLIT.files()) expect(readFileSync(join(dirname(path), file)).equals(bytes)).toBe(true);
}

test("fetches external data from every kind of source, and resumes it", async () => {
  Object.assign(process.env, { AWS_ENDPOINT_URL: server.url, AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "key" });
  Object.assign(process.env, { STORAGE_EMULATOR_HOST: server.url, MLFLOW_TRACKING_URI: server.url });
  Object.assign(process.env, { GOOGLE_OAUTH_ACCESS_TOKEN: "token" });
  putSplit("/bucket/a b", "net.onnx");
  putSplit("/api/2.0/mlflow-artifacts/artifacts/run/model");
  await expectSplit(placeModel("s3://bucket/a b/net.onnx"));
  await expectSplit(placeModel("gs://bucket/a b/net.onnx"));
  await expectSplit(placeModel(`${server.url}/bucket/a%20b/net.onnx?`));
  await expectSplit(placeModel("mlflow-artifacts:/run/model/model.onnx"));
  const folder = scratch();
  await expectSplit(placeModel(SPLIT.write(folder, "net.onnx")));

  server.requests.length = 0;
  server.faults.push({}, {}, { cutAfter: 4000 });
  await expectSplit(placeModel("s3://bucket/a b/net.onnx"));
  expect(server.requests.map(({ path, range }) => [path.slice(12), range && "resumed"])).toEqual([
    ["net.onnx", undefined],
    ["bias.bin", undefined],
    ["weights of 1/table+1.bin", undefined],
    ["weights of 1/table+1.bin", "resumed"],
  ]);
});

test("resumes an S3 object if it is still the same, and starts over if it is not", async () => {
  Object.assign(process.env, { AWS_ENDPOINT_URL: server.url, AWS_REGION: "x" });
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "key" });
  server.files["/bucket/a b+c?d/model.onnx"] = FILE;
  server.faults.push({ cutAfter: 90_000 });
  await expectModel(placeModel("s3://bucket/a b+c?d/model.onnx"));
  expect(server.requests.map(({ range }) => range)).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]/)]);
  server.faults.push({ cutAfter: 90_000 });
  const placing = placeModel("s3://bucket/m.onnx");
  server.files["/bucket/m.onnx"] = Buffer.alloc(150_000);
  while (server.requests.length < 3) await new Promise((resolve) => setTimeout(resolve, 2));
  server.files["/bucket/m.onnx"] = FILE;
  await expectModel(placing);
  await expect(placeModel("s3://bucket/none.onnx")).rejects.toThrow(
    /\[SRV201\] s3:\/\/bucket\/none.onnx: .*cannot be read/,
  );
});

test("reads a Google Cloud Storage object with keys, with a token, or with the machine's token if access is denied", async () => {
  process.env["STORAGE_EMULATOR_HOST"] = server.url;
  process.env["GCE_METADATA_HOST"] = server.url.slice("http://".length);
  server.files["/bucket/models/digits 1.onnx"] = FILE;
  const uri = "gs://bucket/models/digits 1.onnx";
  await expectModel(placeModel(uri));
  server.files["/computeMetadata/v1/instance/service-accounts/default/token"] = Buffer.from('{"access_token":"own"}');
  server.faults.push({ status: 401 });
  await expectModel(placeModel(uri));
  process.env["GOOGLE_OAUTH_ACCESS_TOKEN"] = "given";
  await expectModel(placeModel(uri));
  Object.assign(process.env, { GS_ACCESS_KEY_ID: "GOOGID", GS_SECRET_ACCESS_KEY: "secret" });
  await expectModel(placeModel(uri));
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
    split: [...SPLIT.files()].map(([title, bytes]) => ({ mediaType: "application/octet-stream", title, bytes })),
    archive: [{ mediaType: layer, bytes: tarOf(SPLIT.files("models/a/net.onnx"), "models/a") }],
  });
  await expectSplit(placeModel(`oci:${layout.folder}:split`));
  await expectSplit(placeModel(`oci:${layout.folder}:archive`));
  await expectSplit(placeModel(`oci:${layout.folder}:archive#models/a/net.onnx`));
  await expectModel(placeModel(`oci:${layout.folder}:raw`));
  await expectModel(placeModel(`oci://${layout.folder}:packed`));
  await expectModel(placeModel(`oci:${layout.folder}:zipped#model.onnx`));
  await expectModel(placeModel(`oci:${layout.folder}@${layout.digestOf("raw")}`));
  const refused = async (reference: string): Promise<string> =>
    placeModel(`oci:${reference}`).then(() => "placed", String);
  expect(await refused(`${layout.folder}:broken`)).toMatch(/the content of blob .* does not match its digest/);
  expect(await refused(`${layout.folder}:torn`)).toMatch(/SRV201/);
  expect(await refused(`${layout.folder}:modern`)).toMatch(/zstd/);
  expect(await refused(`${layout.folder}:empty`)).toMatch(/there is no \*\.onnx/);
  expect(await refused(layout.folder)).toMatch(/the layout contains raw, packed, .*select one/);
  expect(await refused(`${scratch()}:raw`)).toMatch(/it is not a valid OCI image layout/);
});

/** A tar archive with the files of a model in a folder. */
function tarOf(files: ReadonlyMap<string, Buffer>, folder: string): Buffer {
  const cwd = scratch();
  for (const [name, bytes] of files) {
    const path = join(cwd, name.startsWith(folder) ? name : join(folder, name));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  create({ cwd, portable: true, sync: true, file: join(cwd, "layer.tar") }, ["models"]);
  return readFileSync(join(cwd, "layer.tar"));
}

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
    placeModel(uri, signature).then(({ sha256 }) => sha256, String);

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
  const { path } = await placeModel(`${server.url}/model.onnx`, signature, model);
  server.requests.length = 0;
  await expectModel(placeModel(`${server.url}/model.onnx`, signature, model));
  expect(server.requests).toEqual([]);
  writeFileSync(`${path}.sig`, sign(null, Buffer.from("another"), privateKey));
  await expect(placeModel(`${server.url}/model.onnx`, signature, model)).rejects.toThrow(/SRV208/);
});
