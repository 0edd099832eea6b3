import type { Tensor } from "../../protocol/tensor";
import { tensorBytes } from "../../protocol/tensor-bytes";
import { items, Mismatch, NoMatter, type Item, type Level } from "../item";
import { mustAgree } from "../outputs";
import type { Target } from "../target";
import { isCallersMistake, okOf, refusedCall, seenReply, type GrpcClient } from "./client";
import { fitsContents } from "./contents";
import { inferRequest, outputsIn } from "./messages";

/** What is wrong with a request, and the request. */
type Mistake = readonly [level: Level, name: string, request: () => object];

/** Requests that are wrong must be told so, and must do no harm. */
export function errorItems(target: Target, client: GrpcClient): Item[] {
  const infer = (request: object) => client.call("ModelInfer", request);
  const faulted = new Set<string>();
  const refused = async ([, name, request]: Mistake) => {
    const reply = await infer(request());
    if (reply.code !== "OK" && !isCallersMistake(reply)) faulted.add(`${name} (${reply.code})`);
    return refusedCall(reply);
  };
  return items("gRPC", "errors", [
    ...mistakes(target).map((mistake) => [mistake[0], mistake[1], () => refused(mistake)] as const),
    [
      "expected",
      "all of these are the caller's mistakes by their code, none the server's",
      async () => {
        if (faulted.size > 0) throw new Mismatch([...faulted].join(", "));
        return "INVALID_ARGUMENT, NOT_FOUND and the like";
      },
    ],
    [
      "expected",
      "an unknown model is NOT_FOUND",
      async () => {
        const reply = await infer(unknownModel(target));
        if (reply.code !== "NOT_FOUND") throw new Mismatch(seenReply(reply));
        return seenReply(reply);
      },
    ],
    [
      "required",
      "after all that, answers as before",
      async () => {
        const { inputs, answer } = target.sample();
        mustAgree(outputsIn(okOf(await infer(inferRequest(target, inputs, true)))), answer);
        return "OK";
      },
    ],
  ]);
}

function unknownModel(target: Target): object {
  return inferRequest(target, target.sample().inputs, true, { model_name: "no-such-model-here" });
}

function mistakes(target: Target): Mistake[] {
  const inputs = () => target.sample().inputs;
  const first = () => inputs()[0] as Tensor;
  const request = (tensors: readonly Tensor[], more: object = {}) => inferRequest(target, tensors, true, more);
  /** The sample with its first input changed. */
  const changed = (change: (first: Tensor) => Partial<Tensor>) => () =>
    request([{ ...first(), ...change(first()) }, ...inputs().slice(1)]);
  return [
    ["required", "an unknown model", () => unknownModel(target)],
    ["expected", "an unknown version", () => request(inputs(), { model_version: "98765" })],
    ["required", "no input at all", () => request([])],
    ["required", "fewer elements than the shape says", changed(({ elements }) => ({ elements: elements.slice(1) }))],
    [
      "required",
      "more elements than the shape says",
      changed(({ elements }) => ({ elements: [...elements, ...elements] })),
    ],
    ["required", "a shape of another rank than the model's", changed(({ shape }) => ({ shape: [...shape, 1, 1] }))],
    ["required", "another datatype than the model's", changed(otherDatatype)],
    ["required", "an unknown input", changed(() => ({ name: "no_such_input_here" }))],
    ["expected", "one input twice", () => request([...inputs(), first()])],
    ["expected", "an unknown output", () => request(inputs(), { outputs: [{ name: "no_such_output_here" }] })],
    [
      "expected",
      "fewer raw contents than inputs",
      () => request(inputs(), { raw_input_contents: inputs().slice(1).map(tensorBytes) }),
    ],
    [
      "expected",
      "contents and raw contents at once",
      () => {
        if (!inputs().every(({ datatype }) => fitsContents(datatype)))
          throw new NoMatter("16-bit floats go as bytes alone");
        return inferRequest(target, inputs(), false, { raw_input_contents: inputs().map(tensorBytes) });
      },
    ],
  ];
}

function otherDatatype({ datatype, elements }: Tensor): Partial<Tensor> {
  return { datatype: datatype === "INT32" ? "FP64" : "INT32", elements: elements.map(() => 1) };
}
