import { readFileSync } from "node:fs";
import { DriverError } from "../common/driver-error";
import { FILLS, sampleInputs } from "../protocol/sample-inputs";
import { fitsJson, isDatatype, sizeOf, type Element, type Tensor, type TensorSpec } from "../protocol/tensor";
import { tensorBytes } from "../protocol/tensor-bytes";
import { jsonRequest } from "../protocol/tensor-json";
import { HttpClient, jsonOf, describeReply, type HttpReply } from "./http/client";
import { Mismatch, NotApplicable } from "./item";
import { outputsOf, type Output } from "./outputs";

/** The model that a server is checked with. */
export interface Target {
  readonly http: HttpClient;
  /** Path of the model, such as `/v2/models/digits`. */
  readonly path: string;
  readonly model: string;
  /** A version that the metadata lists. */
  readonly version: string | undefined;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** Extensions that the server declares. */
  readonly extensions: readonly string[];
  /** A request that the model answers, and its answer; throws if none was found. */
  sample(): Sample;
  /** Whether a request is known that the model answers. */
  readonly hasSample: boolean;
  /** Sends the sample for a prediction, as JSON if JSON can represent it, else as bytes. */
  infer(more?: object, path?: string): Promise<HttpReply>;
}

export interface Sample {
  readonly inputs: readonly Tensor[];
  readonly answer: readonly Output[];
}

/** What the user knows about the model. */
export interface TargetHints {
  readonly model?: string;
  readonly version?: string;
  /** Path of a file with a request in JSON, for a model that accepts no request generated from its metadata. */
  readonly requestFile?: string;
}

/** For items about JSON: they do not apply to tensors that JSON cannot represent. */
export function requireJson({ inputs, outputs }: Target): void {
  const odd = [...inputs, ...outputs].find(({ datatype }) => !fitsJson(datatype));
  if (odd) throw new NotApplicable(`JSON has no ${odd.datatype}`);
}

/** Finds a model at a server, and a request that it answers. */
export async function findTarget(url: string, hints: TargetHints): Promise<Target> {
  const http = new HttpClient(url.replace(/\/+$/, "").replace(/\/v2$/, ""));
  const model = hints.model ?? (await findModel(http));
  const path = `/v2/models/${encodeURIComponent(model)}`;
  const server = await metadataOf(http, "/v2");
  const metadata = await metadataOf(http, path);
  const inputs = specsOf(metadata["inputs"]);
  const versions = textsOf(metadata["versions"]);
  const outputs = specsOf(metadata["outputs"]);
  const found = await findSample(http, path, hints.requestFile, inputs, outputs);
  const sample = () => {
    if (typeof found === "string") throw new Mismatch(`no request is known that the model answers: ${found}`);
    return found;
  };
  return {
    http,
    path,
    model,
    version: hints.version ?? versions.at(-1),
    inputs,
    outputs,
    extensions: textsOf(server["extensions"]),
    sample,
    hasSample: typeof found !== "string",
    infer: (more = {}, url = path) => inferInAnyForm(http, url, sample().inputs, outputs, more),
  };
}

async function findModel(http: HttpClient): Promise<string> {
  const unknown = new DriverError("the server does not say which models it has", ["Name one: --model NAME"]);
  const asks = [
    () => http.post("/v2/repository/index", "{}"),
    () => http.get("/v2/models"),
    () => http.get("/v1/models"),
  ];
  for (const ask of asks) {
    const reply = await ask().catch((error: Error) => {
      throw new DriverError(`${http.base}: ${error.message}`);
    });
    const name = reply.status === 200 ? nameIn(reply) : undefined;
    if (name !== undefined) return name;
  }
  throw unknown;
}

/** The first model of a list of names, or of objects with a name; models that are ready come first. */
function nameIn(reply: HttpReply): string | undefined {
  const body = jsonOf(reply) as unknown;
  const list = Array.isArray(body) ? body : (body as { models?: unknown }).models;
  if (!Array.isArray(list)) return undefined;
  const entries = list.map(
    (entry) => (typeof entry === "string" ? { name: entry } : Object(entry)) as { name?: string; state?: string },
  );
  return (entries.find(({ state }) => state === "READY") ?? entries[0])?.name;
}

async function metadataOf(http: HttpClient, path: string): Promise<Record<string, unknown>> {
  const reply = await http.get(path).catch((error: Error) => {
    throw new DriverError(`${http.base}${path}: ${error.message}`);
  });
  // Whether the metadata exists is an item of its own; here it is only used.
  return reply.status === 200 ? jsonOf(reply) : {};
}

async function findSample(
  http: HttpClient,
  path: string,
  file: string | undefined,
  inputs: readonly TensorSpec[],
  outputs: readonly TensorSpec[],
): Promise<Sample | string> {
  let reason = "its metadata lists no inputs";
  const samples = file === undefined ? sampleInputs(inputs, FILLS) : [readRequest(file)];
  for (const sample of inputs.length > 0 || file !== undefined ? samples : []) {
    const reply = await inferInAnyForm(http, path, sample, outputs);
    if (reply.status === 200) return { inputs: sample, answer: outputsOf(reply) };
    reason = describeReply(reply);
  }
  return reason;
}

/** Sends a request as JSON if JSON can represent it, else as bytes. */
function inferInAnyForm(
  http: HttpClient,
  path: string,
  inputs: readonly Tensor[],
  outputs: readonly TensorSpec[],
  more: object = {},
): Promise<HttpReply> {
  const fits = [...inputs, ...outputs].every(({ datatype }) => fitsJson(datatype));
  if (fits) return http.post(`${path}/infer`, jsonRequest(inputs, more));
  const { parameters } = more as { parameters?: object };
  const asBytes = { ...more, parameters: { binary_data_output: true, ...parameters } };
  const { body, headers } = binaryRequest(inputs, asBytes);
  return http.post(`${path}/infer`, body, headers);
}

/** A request whose inputs follow the JSON as bytes. */
export function binaryRequest(
  inputs: readonly Tensor[],
  more: object = {},
): { body: Buffer; headers: Record<string, string> } {
  const bytes = inputs.map(tensorBytes);
  const head = JSON.stringify({
    ...more,
    inputs: inputs.map(({ name, datatype, shape }, i) => {
      return { name, datatype, shape, parameters: { binary_data_size: bytes[i]?.length } };
    }),
  });
  return {
    body: Buffer.concat([Buffer.from(head), ...bytes]),
    headers: {
      "content-type": "application/octet-stream",
      "inference-header-content-length": String(Buffer.byteLength(head)),
    },
  };
}

function readRequest(file: string): readonly Tensor[] {
  const { inputs } = JSON.parse(readFileSync(file, "utf8")) as { inputs?: (TensorSpec & { data: unknown[] })[] };
  if (!Array.isArray(inputs)) throw new DriverError(`${file} is not a valid request: it has no \`inputs\``);
  return inputs.map(({ name, datatype, shape, data }) => {
    const elements = data.flat(Infinity) as Element[];
    const whole = datatype.endsWith("INT64") ? elements.map((element) => BigInt(element as number)) : elements;
    if (whole.length !== sizeOf(shape))
      throw new DriverError(`${file}: input ${name} does not have as many elements as its shape says`);
    return { name, datatype, shape, elements: whole };
  });
}

/** The tensors of metadata, with shapes as numbers: some servers write them as strings. */
function specsOf(value: unknown): TensorSpec[] {
  if (!Array.isArray(value)) return [];
  return (value as TensorSpec[])
    .filter(({ datatype, shape }) => isDatatype(datatype) && Array.isArray(shape))
    .map(({ name, datatype, shape }) => ({ name, datatype, shape: shape.map(Number) }));
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
