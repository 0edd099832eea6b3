import { promisify } from "node:util";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ReflectionService } from "@grpc/reflection";
import type { ServerConfig } from "../config/settings";
import { reasonOf, StartUpCode, startUpError } from "../core/start-up-error";
import { definitions, healthDefinition, inferenceDefinition } from "./definitions";
import { HealthService } from "./health-service";
import { InferStreams } from "./infer-streams";
import { type InferenceParts, inferenceService } from "./inference-service";
import { UnaryCalls } from "./unary";

/** Takes calls over gRPC, and stops without losing one. */
export class GrpcListener {
  private readonly server: Server;
  private readonly calls: UnaryCalls;
  private readonly streams: InferStreams;
  private readonly health: HealthService;
  private isListening = false;

  constructor(
    private readonly config: ServerConfig,
    parts: Pick<InferenceParts, "state" | "host" | "log" | "witnesses">,
  ) {
    this.server = new Server({
      "grpc.max_receive_message_length": config.http.bodyLimitBytes,
      "grpc.max_send_message_length": -1,
    });
    this.calls = new UnaryCalls(parts.log);
    this.streams = new InferStreams(parts.log);
    this.health = new HealthService(parts.state, ["inference.GRPCInferenceService"]);
    const { batching } = config;
    const inference = { ...parts, logged: config.log.requests, batching, control: config.repository.control };
    this.server.addService(inferenceDefinition, inferenceService(inference, this.calls, this.streams));
    this.server.addService(healthDefinition, this.health.implementation(this.calls));
    new ReflectionService(definitions).addToServer(this.server);
  }

  /** Resolves with the port. */
  async listen(): Promise<number> {
    const { host } = this.config.http;
    const { port } = this.config.grpc;
    const address = `${host.includes(":") ? `[${host}]` : host}:${port}`;
    const bind = promisify(this.server.bindAsync.bind(this.server));
    try {
      const bound = await bind(address, ServerCredentials.createInsecure());
      this.isListening = true;
      return bound;
    } catch (error) {
      throw cannotListen(host, port, error);
    }
  }

  /**
   * Takes no new connection, sends clients elsewhere, finishes every call, and resolves with the number of those it had
   * to cut off.
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

function cannotListen(host: string, port: number, error: unknown): Error {
  const reason = reasonOf(error);
  if (reason.includes("EADDRINUSE")) {
    const fix = "Stop what uses it, or set another port (grpc.port or SLIPWAY_GRPC_PORT; 0 picks a free one).";
    return startUpError(StartUpCode.PortInUse, "grpc.port", `port ${port} on ${host} is in use (EADDRINUSE).`, fix);
  }
  const message = `cannot listen on ${host}, port ${port}: ${reason}.`;
  return startUpError(StartUpCode.PortRefused, "grpc.port", message, "Set a port that this user may use.");
}
