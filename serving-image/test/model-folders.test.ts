import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { FileServer } from "./support/file-server";
import { expectModel, FILE, placeModel } from "./support/place-model";
import { restoreEnvironment } from "./support/restored-environment";
import { cleanUp, scratch } from "./support/server-process";

/** What MLflow writes about a model that was logged as net.onnx, in part. */
const MLMODEL = `artifact_path: model
flavors:
  onnx:
    code: null
    data: net.onnx
    onnx_version: 1.17.0
    providers:
    - CPUExecutionProvider
  python_function:
    data: another.onnx
model_id: m-1
`;

let server: FileServer;

beforeAll(async () => (server = await FileServer.start({})));
beforeEach(() => server.reset());
afterEach(restoreEnvironment);
afterAll(async () => {
  server.close();
  await cleanUp();
});

test("finds the model in a folder, and says what is there if it cannot", async () => {
  const folder = scratch();
  const refused = (uri: string): Promise<string> => placeModel(uri).then(() => "placed", String);
  expect(await refused(folder)).toMatch(/SRV201.*it is a folder without a file \*.onnx; it contains no files/);
  writeFileSync(join(folder, "net.onnx"), FILE);
  writeFileSync(join(folder, "labels.txt"), "");
  await expectModel(placeModel(folder));
  await expectModel(placeModel(`${pathToFileURL(folder).href}/`));
  writeFileSync(join(folder, "other.onnx"), "other");
  expect(await refused(folder)).toMatch(/it is a folder with several models \(net.onnx, other.onnx\); name one/);
  writeFileSync(join(folder, "model.onnx"), "not this one");
  writeFileSync(join(folder, "MLmodel"), MLMODEL);
  await expectModel(placeModel(folder));

  server.files["/models/digits/model.onnx"] = FILE;
  await expectModel(placeModel(`${server.url}/models/digits/`));
  expect(await refused(`${server.url}/models/`)).toMatch(/it is a folder that cannot be listed, and has no model.onnx/);
});

test("finds the model in a folder of S3 or of Google Cloud Storage, without a slash at its end too", async () => {
  Object.assign(process.env, { AWS_ENDPOINT_URL: server.url, AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "key" });
  Object.assign(process.env, { STORAGE_EMULATOR_HOST: server.url, GOOGLE_OAUTH_ACCESS_TOKEN: "token" });
  const listed = (names: readonly string[]): Buffer =>
    Buffer.from(
      `<ListBucketResult>${names.map((name) => `<Contents><Key>${name}</Key></Contents>`).join("")}</ListBucketResult>`,
    );
  server.files["/bucket/?delimiter=%2F&list-type=2&prefix=models%2Fdigits%2F"] = listed([
    "models/digits/",
    "models/digits/net.onnx",
  ]);
  server.files["/bucket/?delimiter=%2F&list-type=2&prefix=models%2F"] = listed(["models/readme.txt"]);
  server.files["/bucket/models/digits/net.onnx"] = FILE;
  await expectModel(placeModel("s3://bucket/models/digits"));
  await expectModel(placeModel("s3://bucket/models/digits/"));
  await expect(placeModel("s3://bucket/models/")).rejects.toThrow(
    /it is a folder without a file \*.onnx; it contains readme.txt/,
  );
  await expect(placeModel("s3://bucket/none")).rejects.toThrow(/SRV201.*NoSuchKey|404/);
  const listing = "?prefix=models%2Fdigits%2F&delimiter=%2F&fields=items%28name%29";
  server.files[`/storage/v1/b/bucket/o${listing}`] = Buffer.from('{"items":[{"name":"models/digits/net.onnx"}]}');
  await expectModel(placeModel("gs://bucket/models/digits"));
});

test("signs S3 requests for the region of AWS_DEFAULT_REGION, or for the usual one of other servers", async () => {
  Object.assign(process.env, { AWS_ENDPOINT_URL: server.url, AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "key" });
  server.files["/bucket/model.onnx"] = FILE;
  const regionOf = async (): Promise<unknown> => {
    server.requests.length = 0;
    await expectModel(placeModel("s3://bucket/model.onnx"));
    return server.requests[0]?.authorization?.split("/")[2];
  };
  expect(await regionOf()).toBe("us-east-1");
  process.env["AWS_DEFAULT_REGION"] = "eu-west-3";
  expect(await regionOf()).toBe("eu-west-3");
  process.env["AWS_REGION"] = "eu-central-1";
  expect(await regionOf()).toBe("eu-central-1");
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
    await expectModel(placeModel(uri));
  }
  expect(server.requests[0]).toMatchObject({ authorization: "Bearer token" });
  await expect(placeModel("models:/digits/5")).rejects.toThrow(/\[SRV201\] models:\/digits\/5: .*MLflow answered 404/);
  delete process.env["MLFLOW_TRACKING_URI"];
  await expect(placeModel("models:/digits/3")).rejects.toThrow(/MLFLOW_TRACKING_URI does not name/);
});

test("knows every name that MLflow gives a model, and the file that its description names", async () => {
  process.env["MLFLOW_TRACKING_URI"] = server.url;
  const api = "/api/2.0/mlflow";
  const answer = (path: string, value: object): Buffer =>
    (server.files[`${api}/${path}`] = Buffer.from(JSON.stringify(value)));
  const artifacts = "/api/2.0/mlflow-artifacts/artifacts";
  const id = `m-${"0123456789abcdef".repeat(2)}`;
  const location = (name: string, version: string, artifact_uri: string): Buffer =>
    answer(`model-versions/get-download-uri?${new URLSearchParams({ name, version })}`, { artifact_uri });
  for (const name of ["digits", "the digits"]) {
    location(name, "9", "mlflow-artifacts:/1/old");
    location(name, "12", `models:/${id}`);
    answer(`registered-models/get-latest-versions?${new URLSearchParams({ name })}`, {
      model_versions: [
        { version: "9", current_stage: "Production" },
        { version: "12", current_stage: "None" },
      ],
    });
  }
  answer(`logged-models/${id}`, { model: { info: { artifact_uri: `mlflow-artifacts:/1/models/${id}/artifacts` } } });
  answer("runs/get?run_id=42", { run: { info: { artifact_uri: "mlflow-artifacts:/1/42/artifacts/" } } });
  server.files[`${artifacts}/1/old/model.onnx`] = FILE;
  server.files[`${artifacts}/1/models/${id}/artifacts/MLmodel`] = Buffer.from(MLMODEL);
  server.files[`${artifacts}/1/models/${id}/artifacts/net.onnx`] = FILE;
  server.files[`${artifacts}/1/42/artifacts/my model/MLmodel`] = Buffer.from(MLMODEL);
  server.files[`${artifacts}/1/42/artifacts/my model/net.onnx`] = FILE;
  for (const uri of [
    "models:/digits/9",
    "models:/digits/12",
    "models:/digits/latest",
    "models:/digits/Production",
    "models:/the%20digits/latest",
    "models:/the digits/production",
    `models:/${id}`,
    `models:/${id}/net.onnx`,
    "runs:/42/my model",
    "runs:/42/my model/net.onnx",
  ]) {
    await expectModel(placeModel(uri));
  }
  const refused = (uri: string): Promise<string> => placeModel(uri).then(() => "placed", String);
  expect(await refused("models:/digits/Staging")).toMatch(/MLflow has no version of digits in the stage Staging/);
  expect(await refused("runs:/43/model")).toMatch(/MLflow answered 404 to runs\/get/);
  answer("runs/get?run_id=44", { run: { info: { artifact_uri: "runs:/44/model" } } });
  expect(await refused("runs:/44/model")).toMatch(/lead in a circle/);
  server.files[`${api}/runs/get?run_id=45`] = Buffer.from("<html>sign in</html>");
  expect(await refused("runs:/45/model")).toMatch(/not JSON; is MLFLOW_TRACKING_URI the address of an MLflow server/);
});
