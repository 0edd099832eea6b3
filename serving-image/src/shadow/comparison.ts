import type { ServerConfig } from "../config/settings";
import type { Log } from "../core/log";
import { Refusal } from "../core/refusal";
import type { Seen, Witness } from "../observability/instrument";
import type { Metrics } from "../observability/metrics";
import { Comparer } from "./comparer";
import { ComparisonMetrics, countKept } from "./comparison-metrics";
import type { Half } from "./half";
import { Keeper } from "./keeper";

/** Both sides of the comparison of predictions, as far as the settings switch them on. */
export class Comparison implements Witness {
  private readonly keeper: Keeper | undefined;
  private readonly comparers = new Map<string, Comparer>();

  private constructor({ comparison: config, models, buckets, http }: ServerConfig, { registry }: Metrics, log: Log) {
    if (config.keep) {
      const keeper = new Keeper(config);
      countKept(registry, () => keeper.size);
      this.keeper = keeper;
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

  /** Undefined where the settings ask for neither side. */
  static of(config: ServerConfig, metrics: Metrics, log: Log): Comparison | undefined {
    const { keep, live } = config.comparison;
    return keep || live !== undefined ? new Comparison(config, metrics, log) : undefined;
  }

  saw(request: Seen): void {
    this.keeper?.saw(request);
    this.comparers.get(request.model)?.saw(request);
  }

  /** The live side: what is known of these requests. */
  kept(model: string, ids: readonly string[]): Half[] {
    if (this.keeper) return this.keeper.ask(model, ids);
    throw new Refusal(404, "This server keeps no predictions for others to compare theirs with (comparison.keep).");
  }

  /** The shadow's side: what was found so far. */
  found(model: string): object {
    const comparer = this.comparers.get(model);
    if (!comparer) throw new Refusal(404, `The predictions of "${model}" are not compared here (comparison.live).`);
    const { report, waiting, differing } = comparer;
    return { model, ...report.toJson(), waiting, samples: differing.toJson() };
  }
}
