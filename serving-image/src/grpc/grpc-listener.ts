import { promisify } from "node:util";
import { Server, ServerCredentials, ServerInterceptingCall } from "@grpc/grpc-js";
import { ReflectionService } from "@grpc/reflection";
import type { ServerConfig } from "../config/settings";
import { reasonOf, StartUpCode, startUpError } from "../core/start-up-error";
import { countUnsentMessages } from "./count-unsent";
import { definitions, healthDefinition, inferenceDefinition } from "./definitions";
import { answerInfer } from "./direct-infer";
import { offerStreams } from "./direct-streams";
import { HealthService } from "./health-service";
import { InferStreams } from "./infer-streams";
import { inferenceService, type InferenceServiceOptions } from "./inference-service";
import { reflectedDefinitions } from "./reflected-definitions";
import { rejectTooLargeMessages } from "./too-large";
import { UnaryCalls } from "./unary";

/** Concurrent calls of one connection; clients queue further ones themselves. */
const MAX_CONCURRENT_STREAMS = 1024;

/** Accepts calls over gRPC, and stops without losing one. */
export class GrpcListener {
  private readonly server: Server;
  private readonly calls: UnaryCalls;
  private readonly streams: InferStreams;
  private readonly health: HealthService;
  private readonly direct: ReturnType<typeof answerInfer>;
  private isListening = false;

  constructor(
    private readonly config: ServerConfig,
    options: Pick<InferenceServiceOptions, "state" | "host" | "log" | "observers" | "unsent">,
  ) {
    this.server = new Server({
      interceptors: [
        (_method, call) => {
          rejectTooLargeMessages(call, config.http.bodyLimitBytes);
          countUnsentMessages(call, options.unsent);
          return new ServerInterceptingCall(call);
        },
      ],
      "grpc.max_concurrent_streams": MAX_CONCURRENT_STREAMS,
      "grpc.max_receive_message_length": config.http.bodyLimitBytes,
      "grpc.max_send_message_length": -1,
      // Nothing reads its statistics, which it would collect for every call.
      "grpc.enable_channelz": 0,
    });
    this.calls = new UnaryCalls(options.log);
    this.streams = new InferStreams(options.log);
    this.health = new HealthService(options.state, ["inference.GRPCInferenceService"]);
    const { batching } = config;
    const inference = { ...options, logShare: config.log.requests, batching, control: config.repository.control };
    this.direct = answerInfer(inference, this.calls, config.http.bodyLimitBytes);
    this.server.addService(inferenceDefinition, inferenceService(inference, this.calls, this.streams));
    this.server.addService(healthDefinition, this.health.implementation(this.calls));
    new ReflectionService(reflectedDefinitions(definitions)).addToServer(this.server);
  }

  /** Resolves with the port. */
  async listen(): Promise<number> {
    const { host } = this.config.http;
    const { port } = this.config.grpc;
    const address = `${host.includes(":") ? `[${host}]` : host}:${port}`;
    const bind = promisify(this.server.bindAsync.bind(this.server));
    try {
      const bound = await bind(address, ServerCredentials.createInsecure());
      offerStreams(this.server, this.direct);
      this.isListening = true;
      return bound;
    } catch (error) {
      throw listenError(host, port, error);
    }
  }

  /**
   * Accepts no new connections, asks clients to reconnect elsewhere, and finishes the open calls. Resolves with the number
   * of calls that it had to cut off.
   */
  async close(timeoutSeconds: number): Promise<number> {
    if (!this.isListening) return 0;
    this.health.endWatches();
    this.streams.stop();
    let cut = 0;
    const deadline = setTimeout(() => {
      cut = this.calls.open + this.streams.open;
      this.server.forceShutdown();
    }, timeoutSeconds * 1000);
    await promisify(this.server.tryShutdown.bind(this.server))();
    clearTimeout(deadline);
    return cut;
  }
}

function listenError(host: string, port: number, error: unknown): Error {
  const reason = reasonOf(error);
  if (reason.includes("EADDRINUSE")) {
    const fix =
      "Stop the process that uses it, or set another port (grpc.port or SLIPWAY_GRPC_PORT; 0 picks a free one).";
    return startUpError(StartUpCode.PortInUse, "grpc.port", `port ${port} on ${host} is in use (EADDRINUSE).`, fix);
  }
  const message = `cannot listen on ${host}, port ${port}: ${reason}.`;
  return startUpError(StartUpCode.PortRefused, "grpc.port", message, "Set a port that this user may use.");
}
