import { setTimeout as delay } from "node:timers/promises";
import type { ServerConfig } from "./config/settings";
import { serverVersion } from "./contract";
import { GrpcListener } from "./grpc/grpc-listener";
import { createRoutes } from "./handlers/routes";
import { Listener } from "./http/listener";
import { Batcher } from "./model/batcher";
import { loadModel } from "./model/load-model";
import { placeModel } from "./model/place-model";
import { preloadRuntime } from "./model/session";
import { ModelVersion } from "./model/model-version";
import { ServingState } from "./model/serving-state";
import type { Log } from "./observability/log";
import { Metrics } from "./observability/metrics";
import { InferAnswerWriter } from "./protocol/infer-answer";
import { InferRequestReader } from "./protocol/infer-request";

/** The inference server: listens first, so that probes are answered, then loads its model. */
export class InferenceServer {
  private readonly state = new ServingState();
  private readonly version: ModelVersion;
  private readonly listener: Listener;
  /** Absent where gRPC is switched off. */
  private readonly grpc: GrpcListener | undefined;
  private readonly stopping = new AbortController();

  constructor(
    private readonly config: ServerConfig,
    private readonly log: Log,
  ) {
    const { model, buckets, http } = config;
    const metrics = new Metrics(buckets.durationSeconds);
    this.version = new ModelVersion(model.name, model.version, metrics.of(model.name, model.version));
    this.state.add(this.version);
    this.listener = new Listener(createRoutes(config, this.state, metrics, log), http, log);
    const { maxBatchSize } = config.batching;
    const parts = { state: this.state, log, logged: config.log.requests, maxBatchSize };
    this.grpc = config.grpc.enabled ? new GrpcListener(config, parts) : undefined;
  }

  /** Resolves once the model is ready, or the server was told to stop before it was. */
  async start(): Promise<void> {
    const { name, version, uri } = this.config.model;
    this.log.info({ model: name, version, uri, server: serverVersion, node: process.version }, "starting");
    await preloadRuntime();
    await this.listen();
    try {
      await this.load();
    } catch (error) {
      if (!this.stopping.signal.aborted) throw error;
    }
  }

  /** Says it is not ready, serves on until routers have noticed, then finishes what is running. Resolves with the requests cut off. */
  async stop(signal: string): Promise<number> {
    const { delaySeconds, timeoutSeconds } = this.config.drain;
    this.stopping.abort();
    this.state.stop();
    this.log.info({ signal, delaySeconds }, "draining");
    await delay(delaySeconds * 1000);
    const cut = await Promise.all([this.listener.close(timeoutSeconds), this.grpc?.close(timeoutSeconds)]);
    const lost = cut.reduce<number>((sum, calls = 0) => sum + calls, 0);
    this.log[lost === 0 ? "info" : "error"]({ lost }, "stopped");
    return lost;
  }

  private async listen(): Promise<void> {
    const { host } = this.config.http;
    this.log.info({ port: await this.listener.listen(), host }, "listening");
    if (this.grpc) this.log.info({ port: await this.grpc.listen(), host }, "listening for gRPC");
  }

  private async load(): Promise<void> {
    const { model, batching } = this.config;
    this.version.notReady("the model file is being fetched");
    const { path, sha256 } = await placeModel(model, this.log, this.stopping.signal);
    this.version.notReady("the model is being loaded");
    const { session, plan } = await loadModel(path, model, this.config, this.log);
    if (this.stopping.signal.aborted) return;
    this.version.serve({
      signature: session.signature,
      plan,
      batcher: new Batcher(session, plan.maxRows, batching, this.version.metrics),
      requests: new InferRequestReader(session.signature, plan.isBatched),
      answers: new InferAnswerWriter(model.name, model.version),
    });
    this.log.info({ model: model.name, version: model.version, sha256 }, "ready");
  }
}
