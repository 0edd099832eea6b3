import type { ServerConfig } from "./config/settings";
import type { Log } from "./core/log";
import { DriftObserver } from "./drift/drift-observer";
import type { RequestObserver } from "./observability/instrument";
import type { Metrics } from "./observability/metrics";
import type { Tracing } from "./observability/tracing";
import { ShadowComparison } from "./shadow/shadow-comparison";

/** The observers of requests that the settings enable: shadow comparison, drift and tracing. */
export class RequestObservers {
  readonly comparison: ShadowComparison | undefined;
  readonly list: RequestObserver[];
  private tracing: Tracing | undefined;

  constructor(
    config: ServerConfig,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {
    this.comparison = ShadowComparison.of(config, metrics, log);
    const drift = driftObserverOf(config, metrics, log);
    this.list = [this.comparison, drift].filter((observer) => observer !== undefined);
  }

  /** Starts tracing if it is enabled; its packages take a while to load. */
  async open(environment: NodeJS.ProcessEnv): Promise<void> {
    if (!isTracingEnabled(environment)) return;
    const { Tracing } = await import("./observability/tracing.js");
    const tracing = new Tracing(this.log);
    this.metrics.onRun((request, run) => tracing.ran(request, run));
    this.list.push(tracing);
    this.tracing = tracing;
    this.log.info("sending traces");
  }

  /** Sends the remaining traces. */
  async close(): Promise<void> {
    await this.tracing?.close();
  }
}

function driftObserverOf(
  { drift, baseline, models }: ServerConfig,
  { registry }: Metrics,
  log: Log,
): DriftObserver | undefined {
  const model = baseline?.model ?? models[0]?.name;
  if (!baseline || model === undefined) return undefined;
  const observer = new DriftObserver(model, baseline, drift.sample, registry, log);
  for (const { name, version } of models) if (name === model) observer.prepare(version);
  return observer;
}

/** Reads the standard environment variables of OpenTelemetry. */
function isTracingEnabled(environment: NodeJS.ProcessEnv): boolean {
  const endpoint = environment["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] || environment["OTEL_EXPORTER_OTLP_ENDPOINT"];
  const isOff =
    environment["OTEL_SDK_DISABLED"]?.toLowerCase() === "true" || environment["OTEL_TRACES_EXPORTER"] === "none";
  return Boolean(endpoint) && !isOff;
}
