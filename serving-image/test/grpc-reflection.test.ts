import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { IDescriptorProto } from "protobufjs/ext/descriptor";
import { GrpcClient } from "./support/grpc-client";
import { cleanUp, serve, tiny } from "./support/server-process";

afterAll(cleanUp);

const PROTO = readFileSync(join(__dirname, "../proto/inference.proto"), "utf8");

/** The entries of maps in a message, as the type that a field refers to and the name that the field prescribes. */
function entriesOf({ field = [], nestedType = [] }: IDescriptorProto): [string, string][] {
  const own = nestedType.flatMap((nested): [string, string][] => {
    const of = field.find(({ typeName }) => typeName?.split(".").at(-1) === nested.name);
    const camel = (of?.name ?? "").replace(/(^|_)(.)/g, (_all, _separator, letter: string) => letter.toUpperCase());
    return nested.options?.mapEntry ? [[nested.name ?? "", `${camel}Entry`]] : [];
  });
  return [...own, ...nestedType.flatMap(entriesOf)];
}

test("reflects its services in a form that strict clients such as grpcurl accept", async () => {
  const { grpcPort } = await serve(tiny("text"));
  const client = new GrpcClient(grpcPort);
  expect(await client.services()).toEqual(["grpc.health.v1.Health", "inference.GRPCInferenceService"]);
  const { messageType = [] } = await client.fileOf("inference.GRPCInferenceService");
  client.close();
  // Without this exact name, the Protocol Buffers library for Go rejects the whole file.
  const entries = messageType.flatMap(entriesOf);
  expect(entries).toHaveLength(PROTO.match(/\bmap</g)?.length ?? 0);
  expect(entries).not.toEqual([]);
  for (const [name, prescribed] of entries) expect(name).toBe(prescribed);
});
