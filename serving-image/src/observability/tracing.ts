import {
  type Context,
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import { contract, serverVersion } from "../core/contract";
import type { Log } from "../core/log";
import type { Inference } from "../protocol/inference";
import type { RunOfRequest } from "./batch-observer";
import type { ObservedRequest, RequestObserver } from "./instrument";
import { LoggedExporter } from "./logged-exporter";

/** Deadline for sending the last spans. */
const CLOSE_MS = 2000;

const propagator = new W3CTraceContextPropagator();
const headers = {
  get: (request: ObservedRequest, name: string) => request.header(name),
  keys: () => propagator.fields(),
};

/**
 * Sends a span for each request, with child spans for the queue and for the run of the model, to the collector that the
 * standard environment variables of OpenTelemetry configure. Spans are created after the response was sent.
 */
export class Tracing implements RequestObserver {
  private readonly provider: BasicTracerProvider;
  private readonly tracer: Tracer;
  private readonly runs = new WeakMap<Inference, RunOfRequest>();

  constructor(log: Log) {
    diag.setLogger(
      {
        error: (message) => log.warn({ reason: message }, "traces cannot be sent"),
        warn: () => undefined,
        info: () => undefined,
        debug: () => undefined,
        verbose: () => undefined,
      },
      DiagLogLevel.ERROR,
    );
    const own = resourceFromAttributes({ "service.name": "slipway-serving", "service.version": serverVersion });
    this.provider = new BasicTracerProvider({
      resource: own.merge(detectResources({ detectors: [envDetector] })),
      spanProcessors: [new BatchSpanProcessor(new LoggedExporter(new OTLPTraceExporter(), log))],
    });
    this.tracer = this.provider.getTracer("slipway-serving", serverVersion);
  }

  /** Remembers the run of a request until the request itself is observed. */
  ran(request: Inference, run: RunOfRequest): void {
    this.runs.set(request, run);
  }

  onRequest(request: ObservedRequest): void {
    const endedAt = performance.now();
    setImmediate(() => this.trace(request, endedAt));
  }

  /** Sends the remaining spans. A collector that does not answer does not delay the shutdown for long. */
  async close(): Promise<void> {
    await turnOfTheLoop();
    const deadline = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS).unref());
    await Promise.race([deadline, this.provider.shutdown().catch(() => undefined)]);
  }

  private trace(request: ObservedRequest, endedAt: number): void {
    const { model, version, url, code, startedAt, prediction } = request;
    const parent = propagator.extract(ROOT_CONTEXT, request, headers);
    const requestId = request.header(contract.headers.requestId);
    const attributes = {
      "model.name": model,
      "model.version": version,
      "url.path": url,
      "http.response.status_code": code,
      ...(requestId !== undefined && { "http.request.header.x-request-id": [requestId] }),
      ...(prediction && { "slipway.prediction_id": prediction.id }),
    };
    const options = { kind: SpanKind.SERVER, startTime: toEpoch(startedAt), attributes };
    const span = this.tracer.startSpan(`infer ${model}`, options, parent);
    if (code >= 500 || code === contract.codes.modelFailure) span.setStatus({ code: SpanStatusCode.ERROR });
    const run = prediction && this.runs.get(prediction.request);
    if (run) this.traceRun(run, trace.setSpan(parent, span));
    span.end(toEpoch(endedAt));
  }

  private traceRun({ queuedAt, startedAt, seconds, rows }: RunOfRequest, within: Context): void {
    const queue = this.tracer.startSpan("queue", { startTime: toEpoch(queuedAt) }, within);
    queue.end(toEpoch(startedAt));
    const attributes = { "slipway.batch.rows": rows };
    const compute = this.tracer.startSpan("compute", { startTime: toEpoch(startedAt), attributes }, within);
    compute.end(toEpoch(startedAt + seconds * 1000));
  }
}

/** Converts a time of `performance.now()` to milliseconds since the epoch. */
function toEpoch(time: number): number {
  return performance.timeOrigin + time;
}
