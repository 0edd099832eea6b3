import type { CallOptions, Client } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import {
  credentials,
  makeGenericClientConstructor,
  Metadata,
  type ServiceDefinition,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import { FileDescriptorProto, type IFileDescriptorProto } from "protobufjs/ext/descriptor";
import { healthDefinition, inferenceDefinition } from "../../src/grpc/definitions";

export interface Reply {
  readonly code: status;
  /** Why a call failed. */
  readonly details: string;
  readonly answer: Readonly<Record<string, unknown>>;
  /** The initial metadata, or that of an error. */
  readonly metadata: Metadata | undefined;
}

const INFERENCE = makeGenericClientConstructor(inferenceDefinition, "GRPCInferenceService");
const HEALTH = makeGenericClientConstructor(healthDefinition, "Health");

/** Calls a server over gRPC, with its own connection. */
export class GrpcClient {
  private readonly inference: Client;
  readonly health: Client;

  constructor(port: number) {
    const options = { "grpc.use_local_subchannel_pool": 1 };
    this.inference = new INFERENCE(`127.0.0.1:${port}`, credentials.createInsecure(), options);
    this.health = new HEALTH(`127.0.0.1:${port}`, credentials.createInsecure(), options);
  }

  call(
    method: string,
    request: object,
    client = this.inference,
    options: CallOptions = {},
    sent = new Metadata(),
  ): Promise<Reply> {
    const service = client === this.health ? healthDefinition : inferenceDefinition;
    const { path, requestSerialize, responseDeserialize } = methodOf(service, method);
    return new Promise((resolve) => {
      let metadata: Metadata | undefined;
      client
        .makeUnaryRequest(path, requestSerialize, responseDeserialize, request, sent, options, (error, answer) =>
          resolve({
            code: error?.code ?? status.OK,
            details: error?.details ?? "",
            answer: answer ?? {},
            metadata: error?.metadata ?? metadata,
          }),
        )
        .on("metadata", (received) => (metadata = received));
    });
  }

  /** Requests a prediction of the model `digits`, unless the request names another. */
  infer(request: object, options: CallOptions = {}, metadata = new Metadata()): Promise<Reply> {
    return this.call("ModelInfer", { model_name: "digits", ...request }, this.inference, options, metadata);
  }

  /** Opens a stream of inference requests and collects the replies; `ended` resolves with its final status. */
  stream(): InferStream {
    const { path, requestSerialize, responseDeserialize } = methodOf(inferenceDefinition, "ModelStreamInfer");
    const replies: StreamReply[] = [];
    const call = this.inference.makeBidiStreamRequest<object, StreamReply>(path, requestSerialize, responseDeserialize);
    call.on("data", (reply: StreamReply) => replies.push(reply));
    call.on("error", () => undefined);
    const ended = new Promise<status>((resolve) => call.on("status", ({ code }) => resolve(code)));
    return { replies, ended, send: (request) => call.write(request), end: () => call.end() };
  }

  /** Collects the health statuses that the server sends; `ended` resolves with the final status of the stream. */
  watchHealth(): { readonly statuses: readonly unknown[]; readonly ended: Promise<status> } {
    const { path, requestSerialize, responseDeserialize } = methodOf(healthDefinition, "Watch");
    const statuses: unknown[] = [];
    const stream = this.health.makeServerStreamRequest(path, requestSerialize, responseDeserialize, {});
    stream.on("data", ({ status }) => statuses.push(status));
    return { statuses, ended: new Promise((resolve) => stream.on("error", ({ code }: ServiceError) => resolve(code))) };
  }

  /** The names of the services, by reflection. */
  async services(): Promise<string[]> {
    const { listServicesResponse } = await this.reflect({ listServices: "" });
    return (listServicesResponse?.service ?? []).map(({ name }) => name).sort();
  }

  /** The file that defines a symbol, by reflection. */
  async fileOf(symbol: string): Promise<IFileDescriptorProto> {
    const { fileDescriptorResponse } = await this.reflect({ fileContainingSymbol: symbol });
    const [bytes] = fileDescriptorResponse?.fileDescriptorProto ?? [];
    if (!bytes) throw new Error(`The server reflects no file that defines ${symbol}.`);
    return FileDescriptorProto.toObject(FileDescriptorProto.decode(bytes));
  }

  private reflect(request: object): Promise<Reflection> {
    const proto = require.resolve("@grpc/reflection/build/proto/grpc/reflection/v1/reflection.proto");
    const service = loadSync(proto)["grpc.reflection.v1.ServerReflection"];
    if (!service || "format" in service) throw new Error("There is no such service.");
    const { path, requestSerialize, responseDeserialize } = methodOf(service, "ServerReflectionInfo");
    const stream = this.health.makeBidiStreamRequest<object, Reflection>(path, requestSerialize, responseDeserialize);
    return new Promise((resolve, reject) => {
      stream.on("error", reject);
      stream.on("data", (reflection: Reflection) => {
        resolve(reflection);
        stream.end();
      });
      stream.write(request);
    });
  }

  close(): void {
    this.inference.close();
    this.health.close();
  }
}

interface StreamReply {
  readonly error_message: string;
  readonly infer_response: { readonly id: string; readonly raw_output_contents: readonly Buffer[] };
}

interface InferStream {
  readonly replies: StreamReply[];
  readonly ended: Promise<status>;
  send(request: object): void;
  end(): void;
}

interface Reflection {
  readonly listServicesResponse?: { readonly service: readonly { readonly name: string }[] } | null;
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto: readonly Buffer[] } | null;
}

function methodOf(service: ServiceDefinition, name: string): ServiceDefinition[string] {
  const method = service[name];
  if (!method) throw new Error(`There is no method ${name}.`);
  return method;
}
