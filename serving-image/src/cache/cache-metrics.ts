import { Counter, Gauge, type Registry } from "prom-client";
import { contract } from "../core/contract";
import { type CacheTally, SKIP_REASONS } from "../observability/cache-tally";
import type { ModelMetrics } from "../observability/metrics";

type Versions = () => Iterable<Pick<ModelMetrics, "labels" | "statistics">>;

/** Registers the metrics of the cache, which read the existing statistics when they are scraped. */
export function registerCacheMetrics(registry: Registry, versions: Versions): void {
  const { metrics } = contract;
  const labelNames = ["model", "version"];
  const registers = [registry];
  const counter = (name: string, help: string, valueOf: (tally: CacheTally) => number): Counter =>
    new Counter({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        for (const { labels, statistics } of versions()) this.inc({ ...labels }, valueOf(statistics.cache));
      },
    });
  const gauge = (name: string, help: string, valueOf: (tally: CacheTally) => number): Gauge =>
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        for (const { labels, statistics } of versions()) this.set({ ...labels }, valueOf(statistics.cache));
      },
    });
  counter(metrics.cacheHits, "Requests answered from the cache.", ({ hits }) => hits.count);
  counter(metrics.cacheMisses, "Requests whose answer was not in the cache.", ({ misses }) => misses.count);
  counter(
    metrics.cacheShared,
    "Requests answered with the run of another request with the same inputs.",
    (tally) => tally.shared,
  );
  gauge(metrics.cacheEntries, "Answers in the memory of this process.", ({ entries }) => entries);
  gauge(metrics.cacheBytes, "Memory of this process that answers use.", ({ bytes }) => bytes);
  new Counter({
    name: metrics.cacheSkipped,
    help: "Lookups and writes that bypassed the cache, by reason.",
    labelNames: [...labelNames, "reason"],
    registers,
    collect() {
      this.reset();
      for (const { labels, statistics } of versions()) {
        for (const reason of SKIP_REASONS) this.inc({ ...labels, reason }, statistics.cache.skipped.get(reason) ?? 0);
      }
    },
  });
}
