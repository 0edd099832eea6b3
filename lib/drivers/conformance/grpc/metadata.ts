import { items, Mismatch, type Item } from "../item";
import type { Target } from "../target";
import { okOf, refusedCall, type GrpcClient } from "./client";
import { known } from "./messages";

/** The metadata of the server and of its model. */
export function metadataItems({ model, version, inputs, outputs }: Target, client: GrpcClient): Item[] {
  const metadata = async (request: object) => {
    const answer = okOf(await client.call("ModelMetadata", request));
    if (answer["name"] !== model) throw new Mismatch(`the name ${String(answer["name"])}`);
    const reported = ["inputs", "outputs"].map((kind) => specs(answer[kind])).join("; ");
    const expected = [specs(inputs), specs(outputs)].join("; ");
    if (reported !== expected) throw new Mismatch(`${reported}, and over HTTP ${expected}`);
    return reported;
  };
  return items("gRPC", "metadata", [
    [
      "required",
      "ServerMetadata",
      async () => {
        const { name, version, extensions } = okOf(await client.call("ServerMetadata", {}));
        if (name === "") throw new Mismatch("no name");
        return `${String(name)} ${String(version)} [${String(extensions)}]`;
      },
    ],
    ["required", "ModelMetadata, the same as over HTTP", () => metadata({ name: model })],
    [
      version === undefined ? "expected" : "required",
      "ModelMetadata of a version",
      () => metadata({ name: model, version: known(version) }),
    ],
    [
      "required",
      "ModelMetadata of an unknown model is rejected",
      async () => refusedCall(await client.call("ModelMetadata", { name: "no-such-model-here" })),
    ],
  ]);
}

function specs(list: unknown): string {
  return (list as { name: string; datatype: string; shape: unknown[] }[])
    .map(({ name, datatype, shape }) => `${name} ${datatype} [${shape.join(", ")}]`)
    .join(", ");
}
