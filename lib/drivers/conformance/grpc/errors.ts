import type { Tensor } from "../../protocol/tensor";
import { tensorBytes } from "../../protocol/tensor-bytes";
import { items, Mismatch, NotApplicable, type Item, type Level } from "../item";
import { mustAgree } from "../outputs";
import type { Target } from "../target";
import { isClientError, okOf, refusedCall, describeReply, type GrpcClient } from "./client";
import { fitsContents } from "./contents";
import { inferRequest, outputsIn } from "./messages";

/** A problem, and a request that has it. */
type InvalidRequest = readonly [level: Level, name: string, request: () => object];

/** Invalid requests must be rejected, and must not affect later ones. */
export function errorItems(target: Target, client: GrpcClient): Item[] {
  const infer = (request: object) => client.call("ModelInfer", request);
  const failures = new Set<string>();
  const refused = async ([, name, request]: InvalidRequest) => {
    const reply = await infer(request());
    if (reply.code !== "OK" && !isClientError(reply)) failures.add(`${name} (${reply.code})`);
    return refusedCall(reply);
  };
  return items("gRPC", "errors", [
    ...invalidRequests(target).map((invalid) => [invalid[0], invalid[1], () => refused(invalid)] as const),
    [
      "expected",
      "all of these are client errors, none server errors",
      async () => {
        if (failures.size > 0) throw new Mismatch([...failures].join(", "));
        return "INVALID_ARGUMENT, NOT_FOUND and the like";
      },
    ],
    [
      "expected",
      "an unknown model is NOT_FOUND",
      async () => {
        const reply = await infer(unknownModel(target));
        if (reply.code !== "NOT_FOUND") throw new Mismatch(describeReply(reply));
        return describeReply(reply);
      },
    ],
    [
      "required",
      "a valid request is answered as before",
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

function invalidRequests(target: Target): InvalidRequest[] {
  const inputs = () => target.sample().inputs;
  const first = () => inputs()[0] as Tensor;
  const request = (tensors: readonly Tensor[], more: object = {}) => inferRequest(target, tensors, true, more);
  /** The sample with its first input changed. */
  const changed = (change: (first: Tensor) => Partial<Tensor>) => () =>
    request([{ ...first(), ...change(first()) }, ...inputs().slice(1)]);
  return [
    ["required", "an unknown model", () => unknownModel(target)],
    ["expected", "an unknown version", () => request(inputs(), { model_version: "98765" })],
    ["required", "no inputs", () => request([])],
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
          throw new NotApplicable("16-bit floats can only be sent as bytes");
        return inferRequest(target, inputs(), false, { raw_input_contents: inputs().map(tensorBytes) });
      },
    ],
  ];
}

function otherDatatype({ datatype, elements }: Tensor): Partial<Tensor> {
  return { datatype: datatype === "INT32" ? "FP64" : "INT32", elements: elements.map(() => 1) };
}
