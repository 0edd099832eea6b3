import type { Tensor } from "../../protocol/tensor";
import { readElements, tensorBytes } from "../../protocol/tensor-bytes";
import { Mismatch, NotOffered } from "../item";
import { checked, type Output } from "../outputs";
import type { Target } from "../target";
import type { GrpcAnswer } from "./client";
import { contentsOf, elementsOf } from "./contents";

/** A request for a prediction, with its elements as `contents` or as raw bytes. */
export function inferRequest({ model }: Target, inputs: readonly Tensor[], raw: boolean, more: object = {}): object {
  return {
    model_name: model,
    inputs: inputs.map((input) => ({
      name: input.name,
      datatype: input.datatype,
      shape: input.shape,
      ...(!raw && { contents: contentsOf(input) }),
    })),
    ...(raw && { raw_input_contents: inputs.map(tensorBytes) }),
    ...more,
  };
}

/** The outputs of an answer. */
export function outputsIn(answer: GrpcAnswer): Output[] {
  const list = answer["outputs"] as { name: string; datatype: string; shape: string[]; contents?: GrpcAnswer }[];
  const raw = (answer["raw_output_contents"] ?? []) as Buffer[];
  return list.map(({ name, datatype, shape, contents }, at) => {
    const bytes = raw[at];
    const elements = bytes === undefined ? elementsOf(datatype, contents ?? {}) : readElements(datatype, bytes);
    return checked({ name, datatype, shape: shape.map(Number) }, elements, bytes !== undefined);
  });
}

/** The version that items about versions need. */
export function known(version: string | undefined): string {
  if (version === undefined) throw new NotOffered("the metadata lists no versions");
  return version;
}

/** Checks a field of an answer. */
export function member(answer: GrpcAnswer, name: string, expected: string): string {
  if (answer[name] !== expected) throw new Mismatch(`${name} is ${JSON.stringify(answer[name])}`);
  return `${name} is ${expected}`;
}
