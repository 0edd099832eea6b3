import { badRequest } from "../core/refusal";
import type { FeedbackCounters, RefusalReason } from "../observability/feedback-counters";
import { isObject } from "../protocol/json";
import type { Fault, Report, ReportReader } from "./read-report";
import { RecentKeys } from "./recent-keys";
import type { SharedKeys } from "./shared-keys";

/** What became of one item of feedback. */
export interface FeedbackOutcome {
  readonly id: unknown;
  readonly metric?: string;
  readonly status: "accepted" | "duplicate" | "refused";
  readonly reason?: RefusalReason;
  readonly error?: string;
}

// Every version and metric is a time series of its own; a caller must not be able to make ever more of them.
const MAX_VERSIONS = 20;
const MAX_METRICS = 20;
const MAX_ITEMS = 10_000;

/** What feedback is taken with. */
export interface FeedbackParts {
  readonly model: string;
  readonly ownVersion: string;
  readonly reader: ReportReader;
  readonly counters: FeedbackCounters;
  /** How many reports are remembered here. */
  readonly remembered: number;
  /** What all replicas remember together; absent where they share nothing. */
  readonly shared?: SharedKeys | undefined;
}

/** Counts what callers report about predictions of a model, under the version that made each, whichever replica is asked. */
export class Feedback {
  private readonly versions: Set<string>;
  private readonly metrics = new Set<string>();
  private readonly seen: RecentKeys;

  constructor(private readonly parts: FeedbackParts) {
    // The own version always has a place, whatever others are named.
    this.versions = new Set([parts.ownVersion]);
    this.seen = new RecentKeys(parts.remembered);
  }

  /** Takes one item or an array of them. */
  async take(body: unknown): Promise<FeedbackOutcome[]> {
    if (!Array.isArray(body)) return [await this.takeItem(body)];
    if (body.length === 0) throw badRequest("The array of feedback is empty.");
    if (body.length > MAX_ITEMS) throw badRequest(`Send at most ${MAX_ITEMS} items of feedback at once.`);
    return Promise.all(body.map((item) => this.takeItem(item)));
  }

  private async takeItem(item: unknown): Promise<FeedbackOutcome> {
    const { model, reader, counters, shared } = this.parts;
    const report = reader.read(item);
    const fault = "reason" in report ? report : this.admit(report);
    if (fault) return this.refuse(item, fault);
    const { id, version, metric, value } = report as Report;
    const key = `${id} ${metric}`;
    const isKnown = this.seen.has(key);
    this.seen.add(key);
    if (isKnown || (shared && !(await shared.claim(model, key)))) {
      counters.refuse("duplicate");
      return { id, metric, status: "duplicate", reason: "duplicate" };
    }
    counters.add(version, metric, value);
    return { id, metric, status: "accepted" };
  }

  private refuse(item: unknown, { reason, message }: Fault): FeedbackOutcome {
    this.parts.counters.refuse(reason);
    const id = isObject(item) ? item.id : undefined;
    return { id, status: "refused", reason, error: `The feedback ${message}` };
  }

  private admit({ version, metric }: Report): Fault | undefined {
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

function tooMany(message: string): Fault {
  return { reason: "too_many_series", message };
}
