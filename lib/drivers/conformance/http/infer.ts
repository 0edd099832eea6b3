import { fitsJson, type Tensor } from "../../protocol/tensor";
import { jsonElement, jsonRequest } from "../../protocol/tensor-json";
import { items, Mismatch, NotOffered, type Item } from "../item";
import { mustAgree, outputsOf, type Output } from "../outputs";
import { requireJson, type Target } from "../target";
import { jsonOf, successOf, type HttpReply } from "./client";
import { needed } from "./health";

const UNKNOWN_PARAMETER = { parameters: { "x-conformance": true } };

/** Predictions over JSON. */
export function inferItems(target: Target): Item[] {
  const { http, path, model, version } = target;
  const ask = (more: object = {}, url = path) => target.infer(more, url);
  const same = (reply: HttpReply) => {
    mustAgree(outputsOf(reply), target.sample().answer);
    return `200, ${target.sample().answer.length} outputs`;
  };
  return items("HTTP", "infer", [
    [
      "required",
      "answers with every output, as its metadata says",
      async () => described(outputsOf(await ask()), target),
    ],
    ["required", "names the model", async () => member(await ask(), "model_name", model)],
    [
      "required",
      "returns the id of the request",
      async () => member(await ask({ id: "conformance-7" }), "id", "conformance-7"),
    ],
    [
      "expected",
      "returns no id if none was sent",
      async () => {
        const { id } = successOf(await ask());
        if (id !== undefined && id !== "") throw new Mismatch(`the id ${JSON.stringify(id)}`);
        return "none";
      },
    ],
    [
      "required",
      "elements nested by the shape are the same as flat ones",
      async () => {
        requireJson(target);
        return same(await http.post(`${path}/infer`, nested(target.sample().inputs)));
      },
    ],
    [
      "required",
      "returns only the requested outputs",
      async () => {
        const [first] = target.sample().answer;
        const outputs = outputsOf(await ask({ outputs: [oneOutput(target, first?.name)] }));
        mustAgree(outputs, first ? [first] : []);
        return outputs.map(({ name }) => name).join(", ");
      },
    ],
    [
      version === undefined ? "expected" : "required",
      "a version can be requested by its path",
      async () => {
        const reply = await ask({}, `${path}/versions/${needed(version)}`);
        same(reply);
        const reported = jsonOf(reply)["model_version"];
        if (reported !== undefined && String(reported) !== version)
          throw new Mismatch(`the version ${String(reported)}`);
        return `version ${String(reported)}`;
      },
    ],
    ["expected", "unknown parameters are ignored", async () => same(await ask(UNKNOWN_PARAMETER))],
    [
      "expected",
      "JSON needs no Content-Type, as some clients send none",
      async () => {
        requireJson(target);
        const body = Buffer.from(jsonRequest(target.sample().inputs));
        return same(await http.send("POST", `${path}/infer`, body));
      },
    ],
    [
      "expected",
      "GET is rejected",
      async () => {
        const { status } = await http.get(`${path}/infer`);
        if (status < 400 || status >= 500) throw new Mismatch(String(status));
        return String(status);
      },
    ],
    [
      "expected",
      "twenty requests at once are each answered correctly",
      async () => {
        const replies = await Promise.all(Array.from({ length: 20 }, (_, i) => ask({ id: `at-once-${i}` })));
        for (const [i, reply] of replies.entries()) {
          same(reply);
          member(reply, "id", `at-once-${i}`);
        }
        return "20 answers";
      },
    ],
  ]);
}

/** The only item about predictions if no request is answered. */
export function noInferItems(target: Target): Item[] {
  const sampled = async () => `${target.sample().inputs.length} inputs`;
  return items("HTTP", "infer", [["required", "answers a request generated from its metadata", sampled]]);
}

function member(reply: HttpReply, name: string, expected: string): string {
  const value = successOf(reply)[name];
  if (value !== expected) throw new Mismatch(`${name} is ${JSON.stringify(value)}`);
  return `${name} is ${value}`;
}

function described(outputs: readonly Output[], { outputs: specs }: Target): string {
  if (specs.length === 0) throw new NotOffered("the metadata lists no outputs");
  mustHaveAll(
    outputs.map(({ name }) => name),
    specs.map(({ name }) => name),
  );
  for (const { name, datatype, shape } of specs) {
    const output = outputs.find((each) => each.name === name);
    if (output?.datatype !== datatype) throw new Mismatch(`${name} is ${output?.datatype}, not ${datatype}`);
    const fits =
      output.shape.length === shape.length && shape.every((each, at) => each === -1 || each === output.shape[at]);
    if (!fits) throw new Mismatch(`${name} has the shape [${output.shape.join(", ")}], not [${shape.join(", ")}]`);
  }
  return outputs.map(({ name, datatype, shape }) => `${name} ${datatype} [${shape.join(", ")}]`).join(", ");
}

function mustHaveAll(names: readonly string[], expected: readonly string[]): void {
  const missing = expected.filter((name) => !names.includes(name));
  if (missing.length > 0) throw new Mismatch(`the answer lacks ${missing.join(", ")}`);
}

/** An output to request, as bytes if JSON cannot represent it. */
function oneOutput({ outputs }: Target, name: string | undefined): object {
  const asBytes = outputs.some((output) => output.name === name && !fitsJson(output.datatype));
  return { name, ...(asBytes && { parameters: { binary_data: true } }) };
}

/** The same request with its elements in nested arrays. */
function nested(inputs: readonly Tensor[]): string {
  const texts = inputs.map(({ name, datatype, shape, elements }) => {
    let parts = elements.map(jsonElement);
    for (const size of [...shape].reverse()) {
      parts = Array.from(
        { length: parts.length / size },
        (_, i) => `[${parts.slice(i * size, (i + 1) * size).join(",")}]`,
      );
    }
    return `${JSON.stringify({ name, datatype, shape }).slice(0, -1)},"data":${parts.join(",")}}`;
  });
  return `{"inputs":[${texts.join(",")}]}`;
}
