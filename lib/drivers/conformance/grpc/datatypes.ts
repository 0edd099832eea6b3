import { items, NoMatter, type Item } from "../item";
import { mustAgree } from "../outputs";
import type { Target } from "../target";
import { datatypesOf, echoOf, mustBeEqual, tellingInputs } from "../round-trip";
import { okOf, type GrpcClient } from "./client";
import { fitsContents } from "./contents";
import { inferRequest, outputsIn } from "./messages";

/** The datatypes that this model takes, in the typed lists of `contents` and as raw bytes. */
export function datatypeItems(target: Target, client: GrpcClient): Item[] {
  const carriers = (datatype: string) => (fitsContents(datatype) ? [false, true] : [true]);
  return items(
    "gRPC",
    "datatypes",
    datatypesOf(target).flatMap((datatype) =>
      carriers(datatype).map((raw) => {
        const name = `${datatype} in ${raw ? "raw contents" : "contents"}, to the last digit`;
        return ["required", name, () => carried(target, client, datatype, raw)] as const;
      }),
    ),
  );
}

/** Seen by a model that gives back what it is given; of other models only that the answer is the same as over HTTP. */
async function carried(target: Target, client: GrpcClient, datatype: string, raw: boolean): Promise<string> {
  const echo = echoOf(target, datatype);
  const inputs = echo === undefined ? target.sample().inputs : tellingInputs(target, datatype);
  if (!raw && !inputs.every((input) => fitsContents(input.datatype)))
    throw new NoMatter("another input has no contents");
  const outputs = outputsIn(okOf(await client.call("ModelInfer", inferRequest(target, inputs, raw))));
  if (echo === undefined) {
    mustAgree(outputs, target.sample().answer);
    return "the same answer (the model gives nothing back to compare)";
  }
  const sent = inputs.find(({ name }) => name === echo.input)?.elements ?? [];
  return mustBeEqual(sent, outputs.find(({ name }) => name === echo.output)?.elements ?? []);
}
