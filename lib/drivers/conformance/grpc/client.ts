import { createRequire } from "node:module";
import { join } from "node:path";
import { packageFolder } from "../../server-process/serving-program";
import { Mismatch, NotOffered } from "../item";

const TIMEOUT_MS = 20_000;

/** The part of `@grpc/grpc-js` that is used here; the bundled server depends on the package. */
interface GrpcModule {
  readonly status: Readonly<Record<string, number | string>>;
  readonly credentials: { createInsecure(): object };
  readonly makeGenericClientConstructor: (service: object, name: string) => GrpcClientClass;
  readonly loadPackageDefinition: (definition: object) => Record<string, unknown>;
}
type GrpcClientClass = new (address: string, credentials: object, options: object) => RawClient;
interface RawClient {
  makeUnaryRequest(
    path: string,
    serialize: (value: object) => Buffer,
    deserialize: (bytes: Buffer) => GrpcAnswer,
    request: object,
    options: { deadline: number },
    done: (error: { code: number; details: string } | null, answer?: GrpcAnswer) => void,
  ): void;
  makeBidiStreamRequest(
    path: string,
    serialize: (value: object) => Buffer,
    deserialize: (bytes: Buffer) => GrpcAnswer,
    options: { deadline: number },
  ): RawStream;
  close(): void;
}
interface RawStream {
  on(event: "data", listener: (answer: GrpcAnswer) => void): void;
  on(event: "end", listener: () => void): void;
  on(event: "error", listener: (error: { code: number; details: string }) => void): void;
  write(request: object): void;
  end(): void;
}
interface Method {
  readonly path: string;
  readonly requestSerialize: (value: object) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => GrpcAnswer;
}

/** An answer, with the field names of the .proto file. */
export type GrpcAnswer = Readonly<Record<string, unknown>>;

/** How a call ended. */
interface GrpcReply {
  /** Name of the status, such as `NOT_FOUND`. */
  readonly code: string;
  readonly details: string;
  readonly answer: GrpcAnswer;
}

/** The package of the bundled server. */
const SERVING_PACKAGE = "slipway-serving";
const INFERENCE = "inference.GRPCInferenceService";
export const HEALTH = "grpc.health.v1.Health";

/** Calls a server over gRPC; undefined if the packages for it are not installed. */
export function grpcClient(address: string): GrpcClient | undefined {
  const folder = packageFolder(SERVING_PACKAGE, process.cwd());
  if (folder === undefined) return undefined;
  const load = createRequire(join(folder, "package.json"));
  const definitions = (load("@grpc/proto-loader") as { loadSync(files: string[], options: object): object }).loadSync(
    ["inference.proto", "health.proto"],
    { includeDirs: [join(folder, "proto")], keepCase: true, longs: String, enums: String, defaults: true },
  );
  return new GrpcClient(load("@grpc/grpc-js") as GrpcModule, definitions as Definitions, address);
}

type Definitions = Readonly<Record<string, Readonly<Record<string, Method>>>>;

export class GrpcClient {
  private readonly raw: RawClient;
  /** Compresses the request with gzip. */
  private readonly compressed: RawClient;

  constructor(
    private readonly grpc: GrpcModule,
    private readonly definitions: Definitions,
    address: string,
  ) {
    this.raw = this.connect(address, {});
    this.compressed = this.connect(address, { "grpc.default_compression_algorithm": 2 });
  }

  call(method: string, request: object, { service = INFERENCE, gzip = false } = {}): Promise<GrpcReply> {
    const { path, requestSerialize, responseDeserialize } = this.method(service, method);
    const options = { deadline: Date.now() + TIMEOUT_MS };
    return new Promise((resolve) => {
      (gzip ? this.compressed : this.raw).makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        options,
        (error, answer) => resolve(this.reply(error, answer)),
      );
    });
  }

  /** Sends requests over one stream, and collects as many answers, or fewer if the stream ends early. */
  stream(method: string, requests: readonly object[]): Promise<{ answers: GrpcAnswer[]; end: GrpcReply }> {
    const { path, requestSerialize, responseDeserialize } = this.method(INFERENCE, method);
    const stream = this.raw.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, {
      deadline: Date.now() + TIMEOUT_MS,
    });
    const answers: GrpcAnswer[] = [];
    return new Promise((resolve) => {
      // Some servers end a stream that they do not support without an error.
      stream.on("end", () => resolve({ answers, end: this.reply(null) }));
      stream.on("error", (error) => resolve({ answers, end: this.reply(error) }));
      stream.on("data", (answer) => {
        answers.push(answer);
        if (answers.length < requests.length) return;
        resolve({ answers, end: this.reply(null) });
        stream.end();
      });
      for (const request of requests) stream.write(request);
    });
  }

  close(): void {
    this.raw.close();
    this.compressed.close();
  }

  private connect(address: string, options: object): RawClient {
    const Client = this.grpc.makeGenericClientConstructor(this.definitions[INFERENCE] as object, "Inference");
    return new Client(address, this.grpc.credentials.createInsecure(), {
      "grpc.max_receive_message_length": -1,
      ...options,
    });
  }

  private method(service: string, name: string): Method {
    const method = this.definitions[service]?.[name];
    if (method === undefined) throw new Error(`The .proto files define no ${service}/${name}.`);
    return method;
  }

  private reply(error: { code: number; details: string } | null, answer: GrpcAnswer = {}): GrpcReply {
    const code = error === null ? "OK" : String(this.grpc.status[error.code] ?? error.code);
    return { code, details: error?.details ?? "", answer };
  }
}

/** The answer of a call that must succeed; a missing method counts as not offered. */
export function okOf(reply: GrpcReply): GrpcAnswer {
  if (reply.code === "OK") return reply.answer;
  throw reply.code === "UNIMPLEMENTED" ? new NotOffered(describeReply(reply)) : new Mismatch(describeReply(reply));
}

/** A call that must fail, with any code except OK. */
export function refusedCall(reply: GrpcReply): string {
  if (reply.code === "OK") throw new Mismatch(`OK ${JSON.stringify(reply.answer)}`);
  return describeReply(reply);
}

/** Whether a status code says that the request is invalid. */
export function isClientError({ code }: GrpcReply): boolean {
  return ["INVALID_ARGUMENT", "NOT_FOUND", "OUT_OF_RANGE", "FAILED_PRECONDITION"].includes(code);
}

export function describeReply({ code, details }: GrpcReply): string {
  return `${code} ${details}`;
}
