import { items, Mismatch, NotApplicable, NotOffered, type Item } from "../item";
import { mustAgree } from "../outputs";
import type { Target } from "../target";
import { okOf, type GrpcAnswer, type GrpcClient } from "./client";
import { fitsContents } from "./contents";
import { inferRequest, known, member, outputsIn } from "./messages";

/** Predictions over gRPC. */
export function inferItems(target: Target, client: GrpcClient): Item[] {
  const { version } = target;
  const ask = async (raw: boolean, more: object = {}, gzip = false) =>
    okOf(await client.call("ModelInfer", inferRequest(target, target.sample().inputs, raw, more), { gzip }));
  const same = (answer: GrpcAnswer) => {
    const outputs = outputsIn(answer);
    mustAgree(outputs, target.sample().answer);
    return `OK, ${outputs.some(({ asBytes }) => asBytes) ? "raw_output_contents" : "contents"}`;
  };
  const contents = (more: object = {}) => {
    if (!target.sample().inputs.every(({ datatype }) => fitsContents(datatype)))
      throw new NotApplicable("16-bit floats can only be sent as bytes");
    return ask(false, more);
  };
  return items("gRPC", "infer", [
    ["required", "ModelInfer with contents, the same as over HTTP", async () => same(await contents())],
    ["required", "ModelInfer with raw_input_contents, the same as over HTTP", async () => same(await ask(true))],
    ["required", "names the model", async () => member(await ask(true), "model_name", target.model)],
    [
      "required",
      "returns the id of the request",
      async () => member(await ask(true, { id: "conformance-7" }), "id", "conformance-7"),
    ],
    [
      "required",
      "returns only the requested outputs",
      async () => {
        const [first] = target.sample().answer;
        const outputs = outputsIn(await ask(true, { outputs: [{ name: first?.name }] }));
        mustAgree(outputs, first ? [first] : []);
        return outputs.map(({ name }) => name).join(", ");
      },
    ],
    [
      version === undefined ? "expected" : "required",
      "ModelInfer of a version",
      async () => same(await ask(true, { model_version: known(version) })),
    ],
    ["expected", "a request compressed with gzip", async () => same(await ask(true, {}, true))],
    [
      "Triton",
      "ModelStreamInfer: three requests, answered in order",
      async () => {
        const requests = ["1", "2", "3"].map((id) => inferRequest(target, target.sample().inputs, true, { id }));
        const { answers, end } = await client.stream("ModelStreamInfer", requests);
        if (answers.length < requests.length) okOf(end);
        if (answers.length === 0) throw new NotOffered("the stream ends without an answer");
        const replies = answers.map((answer) => answer["infer_response"] as GrpcAnswer);
        if (replies.some((reply) => reply === null))
          throw new Mismatch("answers that are not a ModelStreamInferResponse");
        replies.forEach(same);
        const ids = replies.map(({ id }) => String(id)).join(", ");
        if (ids !== "1, 2, 3") throw new Mismatch(`ids ${ids}`);
        return `ids ${ids}`;
      },
    ],
  ]);
}
