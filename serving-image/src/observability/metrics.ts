import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { contract } from "../contract";
import type { BatchObserver } from "../model/batcher";

/** The metrics of contract.json for one model version, and those of the process. */
export class Metrics implements BatchObserver {
  private readonly registry = new Registry();
  private readonly labels: { readonly model: string; readonly version: string };
  private readonly duration: Histogram;
  private readonly queue: Histogram;
  private readonly compute: Histogram;
  private readonly batchSize: Histogram;
  private readonly requests: Counter;
  private readonly ready: Gauge;
  private inFlight = 0;

  constructor(model: string, version: string, durationBuckets: readonly number[]) {
    this.labels = { model, version };
    const { metrics, buckets } = contract;
    const byVersion = ["model", "version"];
    const seconds = [...durationBuckets];
    // A small model computes in microseconds.
    const short = [0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, ...seconds.filter((bound) => bound > 0.0005)];
    this.duration = this.histogram(
      metrics.duration,
      "Whole time in the server of requests that were not refused.",
      seconds,
    );
    this.queue = this.histogram(metrics.queue, "Time that requests waited for their run of the model.", short);
    this.compute = this.histogram(metrics.compute, "Time that runs of the model took.", short);
    this.batchSize = this.histogram(metrics.batchSize, "Rows in one run of the model.", [...buckets.batchSize]);
    this.requests = new Counter({
      name: metrics.requests,
      help: "Inference requests by the status of their answer.",
      labelNames: [...byVersion, "code"],
      registers: [this.registry],
    });
    // Rates need a series that is there, at 0, before the first request.
    this.requests.inc({ ...this.labels, code: "200" }, 0);
    this.ready = new Gauge({
      name: metrics.modelReady,
      help: "1 while the model is loaded, checked and warm, and the server is not stopping.",
      labelNames: byVersion,
      registers: [this.registry],
    });
    this.setReady(false);
    this.registerInFlight();
    collectDefaultMetrics({ register: this.registry });
  }

  requestStarted(): void {
    this.inFlight++;
  }

  /** @param seconds whole time in the server; left out where the request was refused, for that says nothing of the model */
  requestEnded(code: number, seconds?: number): void {
    this.inFlight--;
    this.requests.inc({ ...this.labels, code: String(code) }, 1);
    if (seconds !== undefined) this.duration.observe(this.labels, seconds);
  }

  queued(seconds: number): void {
    this.queue.observe(this.labels, seconds);
  }

  computed(seconds: number, rows: number): void {
    this.compute.observe(this.labels, seconds);
    this.batchSize.observe(this.labels, rows);
  }

  setReady(isReady: boolean): void {
    this.ready.set(this.labels, isReady ? 1 : 0);
  }

  /** Counters of what callers report later, for any version of the model. */
  feedbackCounters(): FeedbackCounters {
    const { feedbackCount, feedbackSum, feedbackSquares } = contract.metrics;
    const counter = (name: string, help: string): Counter =>
      new Counter({ name, help, labelNames: ["model", "version", "metric"], registers: [this.registry] });
    const count = counter(feedbackCount, "Values reported for predictions.");
    const sum = counter(feedbackSum, "Sum of the values reported for predictions.");
    const squares = counter(feedbackSquares, "Sum of the squares of the values reported for predictions.");
    const { model } = this.labels;
    return {
      add(version, metric, value) {
        const labels = { model, version, metric };
        count.inc(labels, 1);
        sum.inc(labels, value);
        squares.inc(labels, value * value);
      },
    };
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }

  private histogram(name: string, help: string, buckets: number[]): Histogram {
    const histogram = new Histogram({
      name,
      help,
      buckets,
      labelNames: ["model", "version"],
      registers: [this.registry],
    });
    histogram.zero(this.labels);
    return histogram;
  }

  private registerInFlight(): void {
    const { labels } = this;
    const current = (): number => this.inFlight;
    new Gauge({
      name: contract.metrics.inFlight,
      help: "Inference requests that are being answered.",
      labelNames: ["model", "version"],
      registers: [this.registry],
      collect() {
        this.set(labels, current());
      },
    });
  }
}

export interface FeedbackCounters {
  add(version: string, metric: string, value: number): void;
}
