import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import { contract } from "../core/contract";
import { CLIENT_CLOSED_REQUEST } from "../core/http-error";
import type { BatchObserver, RejectionReason } from "./batch-observer";
import { type FeedbackCounters, REFUSAL_REASONS } from "./feedback-counters";
import { HistogramFamily } from "./histogram";
import { SummaryFamily } from "./summary";
import type { UserBucket } from "./user-bucket";
import { GroupedFeedback, registerUserMetrics, UserCounts } from "./user-metrics";
import { ModelStatistics } from "./model-statistics";

const REJECTION_REASONS: readonly RejectionReason[] = ["queue_full", "expired", "client_gone"];
const { modelFailure, overloaded, timedOut } = contract.codes;
/** Gauges whose names end as those of counters do, so that Prometheus' own check rejects them. Others have the same values, by type. */
const MISNAMED = ["nodejs_active_handles_total", "nodejs_active_requests_total", "nodejs_active_resources_total"];
/** Every status of an inference request. */
const CODES = [200, 400, 413, 415, modelFailure, overloaded, CLIENT_CLOSED_REQUEST, 500, 503, timedOut];

/** The metrics in contract.json, and those of the process. */
export class Metrics {
  /** Other modules register their own metrics here. */
  readonly registry = new Registry();
  private readonly families: Families;
  private readonly groupedFeedback = new GroupedFeedback(this.registry);
  private readonly versions = new Map<string, ModelMetrics>();
  private runListener: BatchObserver["ran"];

  constructor(durationBuckets: readonly number[]) {
    this.families = createFamilies(this.registry, durationBuckets, () => this.versions.values());
    registerUserMetrics(this.registry, () => this.versions.values());
    collectDefaultMetrics({ register: this.registry });
    for (const name of MISNAMED) this.registry.removeSingleMetric(name);
  }

  /** The series of one model version, initialized to 0: rate() needs a series that exists before the first request. */
  of(model: string, version: string): ModelMetrics {
    const key = `${model} ${version}`;
    const known = this.versions.get(key);
    if (known) return known;
    const created = new ModelMetrics(this.families, { model, version });
    created.ran = this.runListener;
    this.versions.set(key, created);
    return created;
  }

  /** All model versions that have metrics. */
  all(): Iterable<ModelMetrics> {
    return this.versions.values();
  }

  /** Sets a listener for the run of each request. */
  onRun(listener: NonNullable<BatchObserver["ran"]>): void {
    this.runListener = listener;
    for (const version of this.versions.values()) version.ran = listener;
  }

  /** Counters of feedback for any version of a model. */
  feedbackCounters(model: string): FeedbackCounters {
    const { feedbackCount, feedbackSum, feedbackSquares, feedbackRefused, feedbackHeld } = this.families;
    for (const reason of REFUSAL_REASONS) feedbackRefused.inc({ model, reason }, 0);
    feedbackHeld.set({ model }, 0);
    return {
      refuse: (reason) => feedbackRefused.inc({ model, reason }),
      setHeld: (count) => feedbackHeld.set({ model }, count),
      add: ({ version, metric, group, count, sum, sumOfSquares }) => {
        const labels = { model, version, metric };
        feedbackCount.inc(labels, count);
        feedbackSum.add(labels, { count, sum });
        feedbackSquares.add(labels, { count, sum: sumOfSquares });
        if (group !== undefined) this.groupedFeedback.add(labels, group, { count, sum });
      },
    };
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  async text(): Promise<string> {
    const { duration, queue, compute, batchSize, feedbackSum, feedbackSquares } = this.families;
    const own = [duration, queue, compute, batchSize, feedbackSum, feedbackSquares, this.groupedFeedback.sums()];
    return own.map((family) => family.text()).join("") + (await this.registry.metrics());
  }
}

interface VersionLabels {
  readonly model: string;
  readonly version: string;
}

const NEVER = (): boolean => false;

/** The metrics of one model version: plain numbers, which are only formatted when they are scraped. */
export class ModelMetrics implements BatchObserver {
  inFlight = 0;
  queueLength = 0;
  readonly statistics = new ModelStatistics();
  readonly users = new UserCounts();
  /** Requests by the status of their answer. */
  readonly requests = new Map(CODES.map((code) => [code, 0]));
  ran: BatchObserver["ran"] = undefined;
  private isItReady: () => boolean = NEVER;
  private readonly histograms;

  constructor(
    private readonly families: Families,
    readonly labels: VersionLabels,
  ) {
    const { duration, queue, compute, batchSize } = families;
    this.histograms = {
      duration: duration.of(labels),
      queue: queue.of(labels),
      compute: compute.of(labels),
      batchSize: batchSize.of(labels),
    };
    for (const reason of REJECTION_REASONS) families.rejected.inc({ ...labels, reason }, 0);
  }

  requestStarted(user?: UserBucket): void {
    this.inFlight++;
    if (user) this.users.started(user.isNew);
  }

  /** @param isTimed whether the duration says how fast the model is, so that it counts in the histogram */
  requestEnded(code: number, seconds: number, isTimed: boolean): void {
    this.inFlight--;
    this.statistics.requestEnded(code === 200, seconds);
    this.requests.set(code, (this.requests.get(code) ?? 0) + 1);
    if (isTimed) this.histograms.duration.observe(seconds);
  }

  waiting(requests: number): void {
    this.queueLength = requests;
  }

  rejected(reason: RejectionReason): void {
    this.families.rejected.inc({ ...this.labels, reason }, 1);
  }

  queued(seconds: number): void {
    this.statistics.queue.add(seconds);
    this.histograms.queue.observe(seconds);
  }

  computed(seconds: number, rows: number, requests: number): void {
    this.statistics.computed(seconds, rows, requests);
    this.histograms.compute.observe(seconds);
    this.histograms.batchSize.observe(rows);
  }

  get isReady(): boolean {
    return this.isItReady();
  }

  readyWhile(isIt: () => boolean): void {
    this.isItReady = isIt;
  }

  neverReady(): void {
    this.isItReady = NEVER;
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
  // A small model takes only microseconds.
  const short = [0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, ...seconds.filter((bound) => bound > 0.0005)];
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
  new Counter({
    name: metrics.requests,
    help: "Inference requests by status code.",
    labelNames: [...byVersion, "code"],
    registers,
    collect() {
      this.reset();
      for (const { labels, requests } of versions()) {
        for (const [code, count] of requests) this.inc({ ...labels, code: String(code) }, count);
      }
    },
  });
  current(metrics.inFlight, "Inference requests in flight.", ({ inFlight }) => inFlight);
  current(
    metrics.modelReady,
    "1 while the model is loaded, verified and warm and the server is not stopping.",
    ({ isReady }) => Number(isReady),
  );
  current(metrics.queueLength, "Requests in the queue.", ({ queueLength }) => queueLength);
  return {
    duration: new HistogramFamily(
      metrics.duration,
      "Total time in the server of requests that were answered with a prediction or timed out.",
      seconds,
    ),
    queue: new HistogramFamily(metrics.queue, "Time that requests waited in the queue.", short),
    compute: new HistogramFamily(metrics.compute, "Duration of the runs of the model.", short),
    batchSize: new HistogramFamily(metrics.batchSize, "Rows in one run of the model.", buckets.batchSize),
    rejected: counter(metrics.rejected, "Requests that were not computed, by reason.", "reason"),
    feedbackCount: counter(metrics.feedbackCount, "Values reported for predictions.", "metric"),
    feedbackSum: new SummaryFamily(metrics.feedbackSum, "Values reported for predictions."),
    feedbackSquares: new SummaryFamily(metrics.feedbackSquares, "Squares of the values reported for predictions."),
    feedbackRefused: new Counter({
      name: metrics.feedbackRefused,
      help: "Values reported for predictions that were not counted, by reason.",
      labelNames: ["model", "reason"],
      registers,
    }),
    feedbackHeld: new Gauge({
      name: metrics.feedbackHeld,
      help: "Accepted values that are not counted yet, because their predictions are younger than the metric's maturity.",
      labelNames: ["model"],
      registers,
    }),
  };
}
