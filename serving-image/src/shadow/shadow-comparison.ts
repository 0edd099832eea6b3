import type { ServerConfig } from "../config/settings";
import { HttpError } from "../core/http-error";
import type { Log } from "../core/log";
import type { ObservedRequest, RequestObserver } from "../observability/instrument";
import type { Metrics } from "../observability/metrics";
import { Comparer } from "./comparer";
import { ComparisonMetrics, registerKeptGauge } from "./comparison-metrics";
import type { PredictionRecord } from "./prediction-record";
import { RecentPredictions } from "./recent-predictions";

/** Both sides of the comparison, live and shadow, as far as the settings enable them. */
export class ShadowComparison implements RequestObserver {
  private readonly recent: RecentPredictions | undefined;
  private readonly comparers = new Map<string, Comparer>();

  private constructor({ comparison: config, models, buckets, http }: ServerConfig, { registry }: Metrics, log: Log) {
    if (config.keep) {
      const recent = new RecentPredictions(config);
      registerKeptGauge(registry, () => recent.size);
      this.recent = recent;
    }
    if (config.live === undefined) return;
    const waiting = (): number => [...this.comparers.values()].reduce((sum, one) => sum + one.waiting, 0);
    const metrics = new ComparisonMetrics(registry, buckets.durationSeconds, waiting);
    for (const { name, version } of models) {
      metrics.prepare(name, version);
      if (!this.comparers.has(name))
        this.comparers.set(name, new Comparer(name, config.live, config, metrics, log, http));
    }
  }

  /** Undefined if the settings enable neither side. */
  static of(config: ServerConfig, metrics: Metrics, log: Log): ShadowComparison | undefined {
    const { keep, live } = config.comparison;
    return keep || live !== undefined ? new ShadowComparison(config, metrics, log) : undefined;
  }

  onRequest(request: ObservedRequest): void {
    this.recent?.onRequest(request);
    this.comparers.get(request.model)?.onRequest(request);
  }

  /** The live side: the records of these requests. */
  kept(model: string, ids: readonly string[]): PredictionRecord[] {
    if (this.recent) return this.recent.lookUp(model, ids);
    throw new HttpError(404, "This server keeps no predictions for shadows to compare (comparison.keep).");
  }

  /** The shadow side: the results so far. */
  report(model: string): object {
    const comparer = this.comparers.get(model);
    if (!comparer)
      throw new HttpError(404, `This server does not compare the predictions of "${model}" (comparison.live).`);
    const { report, waiting, differing } = comparer;
    return { model, ...report.toJson(), waiting, samples: differing.toJson() };
  }
}
