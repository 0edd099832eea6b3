import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { contract } from "../contract";
import { ModelStatistics } from "./model-statistics";
import type { BatchObserver, RejectionReason } from "../model/batcher";

const REJECTION_REASONS: readonly RejectionReason[] = ["queue_full", "expired"];

/** The metrics of contract.json, and those of the process. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly families: Families;
  private readonly versions = new Map<string, ModelMetrics>();

  constructor(durationBuckets: readonly number[]) {
    this.families = createFamilies(this.registry, durationBuckets, () => this.versions.values());
    collectDefaultMetrics({ register: this.registry });
  }

  /** The series of one model version, at 0 before the first request: rates need a series that is there. */
  of(model: string, version: string): ModelMetrics {
    const key = `${model} ${version}`;
    const known = this.versions.get(key);
    if (known) return known;
    const created = new ModelMetrics(this.families, { model, version });
    this.versions.set(key, created);
    return created;
  }

  /** Counters of what callers report later, for any version of a model. */
  feedbackCounters(model: string): FeedbackCounters {
    const { feedbackCount, feedbackSum, feedbackSquares } = this.families;
    return {
      add(version, metric, value) {
        const labels = { model, version, metric };
        feedbackCount.inc(labels, 1);
        feedbackSum.inc(labels, value);
        feedbackSquares.inc(labels, value * value);
      },
    };
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }
}

export interface FeedbackCounters {
  add(version: string, metric: string, value: number): void;
}

interface VersionLabels {
  readonly model: string;
  readonly version: string;
}

/** What is counted and timed for one model version. */
export class ModelMetrics implements BatchObserver {
  inFlight = 0;
  queueLength = 0;
  readonly statistics = new ModelStatistics();

  constructor(
    private readonly families: Families,
    readonly labels: VersionLabels,
  ) {
    const { duration, queue, compute, batchSize, requests } = families;
    for (const histogram of [duration, queue, compute, batchSize]) histogram.zero({ ...labels });
    requests.inc({ ...labels, code: "200" }, 0);
    for (const reason of REJECTION_REASONS) families.rejected.inc({ ...labels, reason }, 0);
    this.setReady(false);
  }

  requestStarted(): void {
    this.inFlight++;
  }

  /** @param isRefused whether the caller is at fault: the time of such a request says nothing of the model */
  requestEnded(code: number, seconds: number, isRefused: boolean): void {
    this.inFlight--;
    this.statistics.requestEnded(code === 200, seconds);
    const { model, version } = this.labels;
    this.families.requests.inc({ model, version, code: String(code) }, 1);
    if (!isRefused) this.families.duration.observe({ model, version }, seconds);
  }

  waiting(requests: number): void {
    this.queueLength = requests;
  }

  rejected(reason: RejectionReason): void {
    this.families.rejected.inc({ ...this.labels, reason }, 1);
  }

  queued(seconds: number): void {
    this.statistics.queue.add(seconds);
    this.families.queue.observe({ ...this.labels }, seconds);
  }

  computed(seconds: number, rows: number): void {
    this.statistics.computed(seconds, rows);
    this.families.compute.observe({ ...this.labels }, seconds);
    this.families.batchSize.observe({ ...this.labels }, rows);
  }

  setReady(isReady: boolean): void {
    this.families.ready.set({ ...this.labels }, isReady ? 1 : 0);
  }
}

type Families = ReturnType<typeof createFamilies>;

function createFamilies(
  registry: Registry,
  durationBuckets: readonly number[],
  versions: () => Iterable<ModelMetrics>,
) {
  const { metrics, buckets } = contract;
  const byVersion = ["model", "version"];
  const registers = [registry];
  const seconds = [...durationBuckets];
  // A small model computes in microseconds.
  const short = [0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, ...seconds.filter((bound) => bound > 0.0005)];
  const histogram = (name: string, help: string, bounds: number[]): Histogram =>
    new Histogram({ name, help, buckets: bounds, labelNames: byVersion, registers });
  const counter = (name: string, help: string, label: string): Counter =>
    new Counter({ name, help, labelNames: [...byVersion, label], registers });
  const current = (name: string, help: string, valueOf: (version: ModelMetrics) => number): Gauge =>
    new Gauge({
      name,
      help,
      labelNames: byVersion,
      registers,
      collect() {
        for (const version of versions()) this.set({ ...version.labels }, valueOf(version));
      },
    });
  current(metrics.inFlight, "Inference requests that are being answered.", ({ inFlight }) => inFlight);
  current(metrics.queueLength, "Requests that wait for their run of the model.", ({ queueLength }) => queueLength);
  return {
    duration: histogram(metrics.duration, "Whole time in the server of requests that were not refused.", seconds),
    queue: histogram(metrics.queue, "Time that requests waited for their run of the model.", short),
    compute: histogram(metrics.compute, "Time that runs of the model took.", short),
    batchSize: histogram(metrics.batchSize, "Rows in one run of the model.", [...buckets.batchSize]),
    requests: counter(metrics.requests, "Inference requests by the status of their answer.", "code"),
    rejected: counter(metrics.rejected, "Requests that were not computed, by the reason.", "reason"),
    feedbackCount: counter(metrics.feedbackCount, "Values reported for predictions.", "metric"),
    feedbackSum: counter(metrics.feedbackSum, "Sum of the values reported for predictions.", "metric"),
    feedbackSquares: counter(
      metrics.feedbackSquares,
      "Sum of the squares of the values reported for predictions.",
      "metric",
    ),
    ready: new Gauge({
      name: metrics.modelReady,
      help: "1 while the model is loaded, checked and warm, and the server is not stopping.",
      labelNames: byVersion,
      registers,
    }),
  };
}
