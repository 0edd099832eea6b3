import { setTimeout as delay } from "node:timers/promises";
import type { ServerConfig } from "./config/settings";
import { serverVersion } from "./core/contract";
import type { Log } from "./core/log";
import { UnsentResponses } from "./core/unsent-responses";
import { FaultInjector } from "./faults/fault-injector";
import { FeedbackService } from "./feedback/feedback-service";
import type { GrpcListener } from "./grpc/grpc-listener";
import { createRoutes } from "./handlers/routes";
import { Listener } from "./http/listener";
import { ModelHost } from "./model/model-host";
import { loadRuntime } from "./model/onnx-runtime";
import { ServingState } from "./model/serving-state";
import { Metrics } from "./observability/metrics";
import { registerUnsentMetrics } from "./observability/unsent-metrics";
import { RequestObservers } from "./request-observers";

/** The inference server. It listens first, so that probes are answered, then loads its models. */
export class InferenceServer {
  private readonly state = new ServingState();
  private readonly host: ModelHost;
  private readonly observers: RequestObservers;
  private readonly feedback: FeedbackService;
  private readonly unsent: UnsentResponses;
  private readonly listener: Listener;
  /** Undefined while it does not listen, or if gRPC is disabled. */
  private grpc: GrpcListener | undefined;
  private readonly stopping = new AbortController();

  constructor(
    private readonly config: ServerConfig,
    private readonly log: Log,
  ) {
    const metrics = new Metrics(config.buckets.durationSeconds);
    const faults = config.faults && new FaultInjector(config.faults);
    if (faults) log.warn(faults.current, "faults can be injected into this server");
    this.host = new ModelHost(config, this.state, metrics, log, this.stopping.signal, faults);
    this.observers = new RequestObservers(config, metrics, log);
    this.feedback = new FeedbackService(config, metrics, log);
    const { state, host, feedback } = this;
    const { list, comparison } = this.observers;
    this.unsent = new UnsentResponses(config.responses, log);
    registerUnsentMetrics(metrics.registry, this.unsent);
    const { unsent } = this;
    const observers = list;
    const routes = createRoutes({ config, state, host, metrics, log, observers, feedback, comparison, faults, unsent });
    this.listener = new Listener(routes, config.http, this.unsent, log);
  }

  /** Resolves once the models are ready, or once the server was stopped before that. */
  async start(): Promise<void> {
    const models = this.config.models.map(({ name, version, uri }) => ({ name, version, uri }));
    this.log.info({ models, server: serverVersion, node: process.version }, "starting");
    await loadRuntime();
    await this.observers.open(process.env);
    await this.listen();
    try {
      await this.host.start();
    } catch (error) {
      if (!this.stopping.signal.aborted) throw error;
    }
  }

  /**
   * Becomes not ready, keeps serving until routers have noticed, then finishes the open requests. Resolves with the number
   * of requests that it had to cut off.
   */
  async stop(signal: string): Promise<number> {
    const { delaySeconds, timeoutSeconds } = this.config.drain;
    this.stopping.abort();
    this.state.stop();
    this.log.info({ signal, delaySeconds }, "draining");
    await delay(delaySeconds * 1000);
    const cut = await Promise.all([this.listener.close(timeoutSeconds), this.grpc?.close(timeoutSeconds)]);
    this.host.close();
    await Promise.all([this.observers.close(), this.feedback.close()]);
    const lost = cut.reduce<number>((sum, calls = 0) => sum + calls, 0);
    this.log[lost === 0 ? "info" : "error"]({ lost }, "stopped");
    return lost;
  }

  /** HTTP first, for the probes. Loading gRPC takes a while and some 20 MB, which a server without it saves. */
  private async listen(): Promise<void> {
    const { host } = this.config.http;
    this.log.info({ port: await this.listener.listen(), host }, "listening");
    if (!this.config.grpc.enabled) return;
    const { GrpcListener } = await import("./grpc/grpc-listener.js");
    if (this.stopping.signal.aborted) return;
    this.grpc = new GrpcListener(this.config, {
      state: this.state,
      host: this.host,
      log: this.log,
      observers: this.observers.list,
      unsent: this.unsent,
    });
    this.log.info({ port: await this.grpc.listen(), host }, "listening for gRPC");
  }
}
