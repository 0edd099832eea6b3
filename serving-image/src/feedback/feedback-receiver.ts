import { groupOf } from "../core/contract";
import { badRequest } from "../core/http-error";
import type { FeedbackCounters, RefusalReason } from "../observability/feedback-counters";
import { isObject } from "../protocol/json";
import type { FeedbackReader, FeedbackRefusal, FeedbackReport } from "./feedback-reader";
import { endOfSlot, HeldValues, type HeldSums } from "./held-values";
import type { MetricRuleBook } from "./metric-rules";
import { RecentKeys } from "./recent-keys";
import type { SharedKeys } from "./shared-keys";

/** The outcome of one item of feedback. */
export interface FeedbackOutcome {
  readonly id: unknown;
  readonly metric?: string;
  readonly status: "accepted" | "duplicate" | "refused";
  readonly reason?: RefusalReason;
  readonly error?: string;
}

// Every version and metric is a separate time series, so their number must be limited.
const MAX_VERSIONS = 20;
const MAX_METRICS = 20;
const MAX_ITEMS = 10_000;

interface FeedbackReceiverOptions {
  readonly model: string;
  readonly ownVersion: string;
  readonly reader: FeedbackReader;
  readonly rules: MetricRuleBook;
  readonly counters: FeedbackCounters;
  /** Number of reports that this replica remembers. */
  readonly remembered: number;
  /** What all replicas remember together; undefined if they share no Redis. */
  readonly shared?: SharedKeys | undefined;
}

/** Counts feedback about predictions of a model, on any replica, for the version that made each prediction. */
export class FeedbackReceiver {
  private readonly versions: Set<string>;
  private readonly metrics = new Set<string>();
  private readonly seen: RecentKeys;
  private readonly held = new HeldValues();

  constructor(private readonly options: FeedbackReceiverOptions) {
    // The server's own version always counts, whatever other versions are reported.
    this.versions = new Set([options.ownVersion]);
    this.seen = new RecentKeys(options.remembered);
  }

  /** Accepts one item or an array of items. */
  async receive(body: unknown): Promise<FeedbackOutcome[]> {
    if (!Array.isArray(body)) return [await this.receiveItem(body)];
    if (body.length === 0) throw badRequest("The array of feedback is empty.");
    if (body.length > MAX_ITEMS) throw badRequest(`The array has ${body.length} items; send at most ${MAX_ITEMS}.`);
    return Promise.all(body.map((item) => this.receiveItem(item)));
  }

  /** Counts the values that have become mature. */
  release(now: number): void {
    const { counters } = this.options;
    if (this.held.count === 0) return;
    for (const sums of this.held.take(now)) counters.add(sums);
    counters.setHeld(this.held.count);
  }

  /** Holds values that another replica has left. */
  hold(values: readonly HeldSums[]): void {
    for (const each of values) this.held.add(each);
    this.options.counters.setHeld(this.held.count);
  }

  /** Removes all values that are still held, for another replica to count. */
  takeHeld(): readonly HeldSums[] {
    return this.held.take();
  }

  private async receiveItem(item: unknown): Promise<FeedbackOutcome> {
    const { model, reader, counters, shared } = this.options;
    const report = reader.read(item);
    const refusal = "reason" in report ? report : this.admit(report);
    if (refusal) return this.refuse(item, refusal);
    const { id, metric } = report as FeedbackReport;
    const key = `${id} ${metric}`;
    const isKnown = this.seen.has(key);
    this.seen.add(key);
    if (isKnown || (shared && !(await shared.claim(model, key)))) {
      counters.refuse("duplicate");
      return { id, metric, status: "duplicate", reason: "duplicate" };
    }
    this.count(report as FeedbackReport);
    return { id, metric, status: "accepted" };
  }

  /**
   * Counts a value once its prediction is older than the metric's maturity. Of a prediction of unknown age only its
   * minimum is known: the time since its feedback arrived.
   */
  private count({ version, metric, value, madeAt = Infinity, bucket }: FeedbackReport): void {
    const { maturitySeconds } = this.options.rules.of(metric);
    const group = bucket === undefined ? {} : { group: groupOf(bucket) };
    const sums = { version, metric, ...group, count: 1, sum: value, sumOfSquares: value * value };
    const now = Date.now() / 1000;
    // The time in an id is rounded down.
    const matureAt = Math.min(madeAt + 1, now) + maturitySeconds;
    if (matureAt <= now) this.options.counters.add(sums);
    else this.hold([{ ...sums, matureAt: endOfSlot(matureAt, maturitySeconds) }]);
  }

  private refuse(item: unknown, { reason, message }: FeedbackRefusal): FeedbackOutcome {
    this.options.counters.refuse(reason);
    const id = isObject(item) ? item.id : undefined;
    return { id, status: "refused", reason, error: `The feedback ${message}` };
  }

  private admit({ version, metric }: FeedbackReport): FeedbackRefusal | undefined {
    if (!this.versions.has(version) && this.versions.size >= MAX_VERSIONS) {
      return tooMany(`names version "${version}", but this server counts at most ${MAX_VERSIONS} versions.`);
    }
    if (!this.metrics.has(metric) && this.metrics.size >= MAX_METRICS) {
      return tooMany(`names metric "${metric}", but this server counts at most ${MAX_METRICS} metrics.`);
    }
    this.versions.add(version);
    this.metrics.add(metric);
    return undefined;
  }
}

function tooMany(message: string): FeedbackRefusal {
  return { reason: "too_many_series", message };
}
