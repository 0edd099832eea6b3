import { fitsJson, type Tensor } from "../../protocol/tensor";
import { tensorBytes } from "../../protocol/tensor-bytes";
import { jsonRequest } from "../../protocol/tensor-json";
import { items, Mismatch, NotApplicable, NotOffered, type Item } from "../item";
import { mustAgree, outputsOf } from "../outputs";
import { binaryRequest, requireJson, type Target } from "../target";
import { rejectionOf, type HttpReply } from "./client";

/** Tensors as bytes after the JSON: Triton's extension `binary_tensor_data`. */
export function binaryItems(target: Target): Item[] {
  const { http, path } = target;
  const inputs = () => target.sample().inputs;
  const names = () => target.sample().answer.map(({ name }) => name);
  const send = ({ body, headers }: { body: Buffer; headers: Record<string, string> }) =>
    http.post(`${path}/infer`, body, headers);
  const withHeader = (length: string) => {
    const { body, headers } = binaryRequest(inputs());
    return send({ body, headers: { ...headers, "inference-header-content-length": length } });
  };
  /** The answer agrees with the sample's, in the requested form. */
  const agrees = (reply: HttpReply, asBytes?: boolean) => {
    const outputs = outputsOf(reply);
    mustAgree(outputs, target.sample().answer);
    const wrong = outputs.find((output) => asBytes !== undefined && output.asBytes !== asBytes);
    if (wrong) throw new Mismatch(`output ${wrong.name} came as ${wrong.asBytes ? "bytes" : "JSON"}`);
    return `200, ${outputs.some((output) => output.asBytes) ? "bytes" : "JSON"}`;
  };
  const list: readonly (readonly [name: string, check: () => Promise<string>])[] = [
    ["inputs as bytes", async () => agrees(await send(binaryRequest(inputs(), asBytesIfNeeded(target))))],
    [
      "inputs as bytes, outputs as JSON by `binary_data: false`",
      async () => {
        requireJson(target);
        return agrees(await send(binaryRequest(inputs(), asked(names(), false))), false);
      },
    ],
    [
      "inputs as JSON, outputs as bytes by `binary_data`",
      async () => {
        requireJson(target);
        return agrees(await http.post(`${path}/infer`, jsonRequest(inputs(), asked(names(), true))), true);
      },
    ],
    [
      "all outputs as bytes by `binary_data_output`",
      async () => agrees(await send(binaryRequest(inputs(), { parameters: { binary_data_output: true } })), true),
    ],
    ["a length of the JSON beyond the body is rejected", async () => rejectionOf(await withHeader("99999999"))],
    ["a length of the JSON that is not a number is rejected", async () => rejectionOf(await withHeader("many"))],
    ["a negative length of the JSON is rejected", async () => rejectionOf(await withHeader("-1"))],
    ["fewer bytes than the shape says are rejected", async () => rejectionOf(await send(cut(inputs())))],
    ["a body that is one input's bytes, by the length 0", () => raw(target, send)],
  ];
  return items("HTTP", "binary data", [
    ["Triton", "the server declares the extension", async () => has(target)],
    ...list.map(([name, check]) => ["Triton", name, () => ifBinary(target, check)] as const),
  ]);
}

const offering = new WeakMap<Target, Promise<boolean>>();

/** Checks something about bytes, unless the server neither declares nor accepts them. */
export async function ifBinary(target: Target, check: () => Promise<string>): Promise<string> {
  const offers = offering.get(target) ?? takesBytes(target);
  offering.set(target, offers);
  if (!(await offers)) throw new NotOffered("the server neither declares nor accepts bytes");
  return check();
}

async function takesBytes({ extensions, http, path, sample }: Target): Promise<boolean> {
  if (extensions.includes("binary_tensor_data")) return true;
  const { body, headers } = binaryRequest(sample().inputs);
  return (await http.post(`${path}/infer`, body, headers)).status === 200;
}

function has({ extensions }: Target): string {
  if (!extensions.includes("binary_tensor_data"))
    throw new NotOffered(`it declares: ${extensions.join(", ") || "none"}`);
  return "binary_tensor_data";
}

/** Requests bytes if JSON cannot represent an output. */
function asBytesIfNeeded({ outputs }: Target): object {
  return outputs.every(({ datatype }) => fitsJson(datatype)) ? {} : { parameters: { binary_data_output: true } };
}

function asked(names: readonly string[], asBytes: boolean): object {
  return { outputs: names.map((name) => ({ name, parameters: { binary_data: asBytes } })) };
}

/** A request whose last input lacks its last byte, with sizes that match. */
function cut(inputs: readonly Tensor[]): { body: Buffer; headers: Record<string, string> } {
  const bytes = inputs.map((input, i) => tensorBytes(input).subarray(0, i === inputs.length - 1 ? -1 : undefined));
  const head = JSON.stringify({
    inputs: inputs.map(({ name, datatype, shape }, i) => {
      return { name, datatype, shape, parameters: { binary_data_size: bytes[i]?.length } };
    }),
  });
  const headers = { "inference-header-content-length": String(Buffer.byteLength(head)) };
  return { body: Buffer.concat([Buffer.from(head), ...bytes]), headers };
}

async function raw(
  target: Target,
  send: (request: { body: Buffer; headers: Record<string, string> }) => Promise<HttpReply>,
): Promise<string> {
  const [first, ...others] = target.sample().inputs;
  if (first === undefined || others.length > 0) throw new NotApplicable("the model has more than one input");
  if (first.datatype === "BYTES") throw new NotApplicable("the input has datatype BYTES");
  const reply = await send({
    body: tensorBytes(first),
    headers: { "content-type": "application/octet-stream", "inference-header-content-length": "0" },
  });
  mustAgree(outputsOf(reply), target.sample().answer);
  return "200";
}
