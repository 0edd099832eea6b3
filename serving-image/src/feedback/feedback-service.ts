import type { ServerConfig } from "../config/settings";
import type { Log } from "../core/log";
import { reasonOf } from "../core/start-up-error";
import { PredictionIds } from "../model/prediction-id";
import type { Metrics } from "../observability/metrics";
import { FeedbackReader } from "./feedback-reader";
import { FeedbackReceiver } from "./feedback-receiver";
import { HandedOverValues } from "./handed-over-values";
import { MetricRuleBook } from "./metric-rules";
import { SharedKeys } from "./shared-keys";
import { SharedStore } from "./shared-store";

/** How long the replicas remember a report together, unless its prediction becomes too old before. */
const SHARED_SECONDS = 24 * 3600;
const RELEASE_MS = 250;
const REFRESH_MS = 5000;

/** Feedback about the predictions of every model, on this replica. */
export class FeedbackService {
  private readonly receivers = new Map<string, FeedbackReceiver>();
  private readonly ids: PredictionIds;
  private readonly rules: MetricRuleBook;
  private readonly shared: SharedKeys | undefined;
  private readonly handedOver: HandedOverValues | undefined;
  private readonly timers: readonly NodeJS.Timeout[];

  constructor(
    private readonly config: ServerConfig,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {
    const { feedback, predictionSecrets, models, cache } = config;
    const { maxAgeSeconds = SHARED_SECONDS, metricsFile } = feedback;
    const store = cache?.redis && new SharedStore(cache.redis, cache.keyPrefix, maxAgeSeconds);
    this.ids = new PredictionIds(predictionSecrets);
    this.rules = new MetricRuleBook(metricsFile, log);
    this.shared = store && new SharedKeys(store, log);
    this.handedOver = store && new HandedOverValues(store);
    // Created at the start, so that the series exist before the first report.
    for (const { name, version } of models) this.receiverOf(name, version);
    this.timers = [
      setInterval(() => this.release(), RELEASE_MS).unref(),
      setInterval(() => void this.refresh(), REFRESH_MS).unref(),
    ];
  }

  /** The receiver of feedback about all versions of a model. */
  receiverOf(model: string, ownVersion: string): FeedbackReceiver {
    const known = this.receivers.get(model);
    if (known) return known;
    const { rules, shared } = this;
    const reader = new FeedbackReader(model, this.ids, this.config.feedback, rules);
    const counters = this.metrics.feedbackCounters(model);
    const { remembered } = this.config.feedback;
    const created = new FeedbackReceiver({ model, ownVersion, reader, rules, counters, remembered, shared });
    this.receivers.set(model, created);
    return created;
  }

  /** Leaves the values that are not mature yet to the other replicas. Without Redis they are lost, and the log says so. */
  async close(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    this.release();
    await Promise.all([...this.receivers].map(([model, receiver]) => this.leave(model, receiver)));
  }

  private release(): void {
    for (const receiver of this.receivers.values()) receiver.release(Date.now() / 1000);
  }

  private async refresh(): Promise<void> {
    await this.rules.refresh();
    for (const [model, receiver] of this.receivers) {
      // If Redis does not answer, what is in it stays there.
      receiver.hold((await this.handedOver?.take(model).catch(() => [])) ?? []);
    }
  }

  private async leave(model: string, receiver: FeedbackReceiver): Promise<void> {
    const held = receiver.takeHeld();
    const values = held.reduce((sum, { count }) => sum + count, 0);
    if (values === 0) return;
    try {
      if (this.handedOver === undefined) throw new Error("there is no Redis that the replicas share");
      await this.handedOver.leave(model, held);
      this.log.info({ model, values }, "left feedback that is not mature yet to the other replicas");
    } catch (error) {
      this.log.warn({ model, values, reason: reasonOf(error) }, "lost feedback that is not mature yet");
    }
  }
}
