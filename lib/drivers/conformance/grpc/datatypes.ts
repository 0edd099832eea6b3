import { items, NotApplicable, type Item } from "../item";
import { mustAgree } from "../outputs";
import type { Target } from "../target";
import { datatypesOf, echoOf, mustBeEqual, edgeInputs } from "../round-trip";
import { okOf, type GrpcClient } from "./client";
import { fitsContents } from "./contents";
import { inferRequest, outputsIn } from "./messages";

/** The datatypes of this model's inputs, in the typed fields of `contents` and as raw bytes. */
export function datatypeItems(target: Target, client: GrpcClient): Item[] {
  const carriers = (datatype: string) => (fitsContents(datatype) ? [false, true] : [true]);
  return items(
    "gRPC",
    "datatypes",
    datatypesOf(target).flatMap((datatype) =>
      carriers(datatype).map((raw) => {
        const name = `${datatype} in ${raw ? "raw contents" : "contents"}, without loss`;
        return ["required", name, () => roundTrip(target, client, datatype, raw)] as const;
      }),
    ),
  );
}

/** Exact for a model that echoes its inputs; for other models, the answer must be the same as over HTTP. */
async function roundTrip(target: Target, client: GrpcClient, datatype: string, raw: boolean): Promise<string> {
  const echo = echoOf(target, datatype);
  const inputs = echo === undefined ? target.sample().inputs : edgeInputs(target, datatype);
  if (!raw && !inputs.every((input) => fitsContents(input.datatype)))
    throw new NotApplicable("another input has no contents");
  const outputs = outputsIn(okOf(await client.call("ModelInfer", inferRequest(target, inputs, raw))));
  if (echo === undefined) {
    mustAgree(outputs, target.sample().answer);
    return "the same answer (the model echoes nothing to compare)";
  }
  const sent = inputs.find(({ name }) => name === echo.input)?.elements ?? [];
  return mustBeEqual(sent, outputs.find(({ name }) => name === echo.output)?.elements ?? []);
}
