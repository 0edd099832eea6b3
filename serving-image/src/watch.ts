import type { ServerConfig } from "./config/settings";
import type { Log } from "./core/log";
import { Drift } from "./drift/drift";
import type { Witness } from "./observability/instrument";
import type { Metrics } from "./observability/metrics";
import type { Tracing } from "./observability/tracing";
import { Comparison } from "./shadow/comparison";

/** Whatever looks at requests besides counting them; what is switched off is not there. */
export class Watch {
  readonly comparison: Comparison | undefined;
  readonly witnesses: Witness[];
  private tracing: Tracing | undefined;

  constructor(
    config: ServerConfig,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {
    this.comparison = Comparison.of(config, metrics, log);
    this.witnesses = [this.comparison, driftOf(config, metrics, log)].filter((witness) => witness !== undefined);
  }

  /** What takes a while to load, and is loaded only where it is wanted. */
  async open(environment: NodeJS.ProcessEnv): Promise<void> {
    if (!areTracesWanted(environment)) return;
    const { Tracing } = await import("./observability/tracing.js");
    const tracing = new Tracing(this.log);
    this.metrics.onRun((request, run) => tracing.ran(request, run));
    this.witnesses.push(tracing);
    this.tracing = tracing;
    this.log.info("sending traces");
  }

  /** Sends what has not been sent yet. */
  async close(): Promise<void> {
    await this.tracing?.close();
  }
}

function driftOf({ drift, baseline, models }: ServerConfig, { registry }: Metrics, log: Log): Drift | undefined {
  const model = baseline?.model ?? models[0]?.name;
  if (!baseline || model === undefined) return undefined;
  const counted = new Drift(model, baseline, drift.sample, registry, log);
  for (const { name, version } of models) if (name === model) counted.prepare(version);
  return counted;
}

/** As the standard variables of OpenTelemetry say it. */
function areTracesWanted(environment: NodeJS.ProcessEnv): boolean {
  const endpoint = environment["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] || environment["OTEL_EXPORTER_OTLP_ENDPOINT"];
  const isOff =
    environment["OTEL_SDK_DISABLED"]?.toLowerCase() === "true" || environment["OTEL_TRACES_EXPORTER"] === "none";
  return Boolean(endpoint) && !isOff;
}
