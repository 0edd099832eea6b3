import { join } from "node:path";
import type { ServiceDefinition } from "@grpc/grpc-js";
import { loadSync, type PackageDefinition } from "@grpc/proto-loader";

/** The gRPC services of the server, from its .proto files. */
export const definitions: PackageDefinition = loadSync(["inference.proto", "health.proto"], {
  includeDirs: [join(__dirname, "../../proto")],
  keepCase: true,
  longs: String,
  enums: String,
  defaults: true,
  oneofs: false,
});

export const inferenceDefinition = serviceOf("inference.GRPCInferenceService");
export const healthDefinition = serviceOf("grpc.health.v1.Health");

function serviceOf(name: string): ServiceDefinition {
  const definition = definitions[name];
  if (!definition || "format" in definition) throw new Error(`The .proto files define no service ${name}.`);
  return definition;
}
