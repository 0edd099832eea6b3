import { isDeepStrictEqual } from "node:util";
import { badRequest } from "../http/refusal";
import { versionOfPrediction } from "../model/prediction-id";
import { isObject } from "../protocol/json";
import type { FeedbackCounters } from "../observability/metrics";
import { RecentKeys } from "./recent-keys";

/** What became of one item of feedback. */
export interface FeedbackOutcome {
  readonly id: unknown;
  readonly metric?: string;
  readonly status: "accepted" | "duplicate" | "refused";
  readonly error?: string;
}

// Every version and metric is a time series of its own; a caller must not be able to make ever more of them.
const MAX_VERSIONS = 20;
const MAX_METRICS = 20;
const MAX_ITEMS = 10_000;
const REMEMBERED = 100_000;
/** Squares of larger values would swamp the sums. */
const MAX_VALUE = 1e9;
const METRIC_NAME = /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/;

interface Report {
  readonly id: string;
  readonly version: string;
  readonly metric: string;
  readonly value: number;
}

/** Counts what callers report about predictions, under the version that made each, whichever replica is asked. */
export class Feedback {
  private readonly versions: Set<string>;
  private readonly metrics = new Set<string>();
  private readonly seen = new RecentKeys(REMEMBERED);

  constructor(
    private readonly counters: FeedbackCounters,
    ownVersion: string,
  ) {
    // The own version always has a place, whatever others are named.
    this.versions = new Set([ownVersion]);
  }

  /** Takes one item or an array of them. */
  take(body: unknown): FeedbackOutcome[] {
    if (!Array.isArray(body)) return [this.takeItem(body)];
    if (body.length === 0) throw badRequest("The array of feedback is empty.");
    if (body.length > MAX_ITEMS) throw badRequest(`Send at most ${MAX_ITEMS} items of feedback at once.`);
    return body.map((item) => this.takeItem(item));
  }

  private takeItem(item: unknown): FeedbackOutcome {
    const id = isObject(item) ? item.id : undefined;
    const report = isObject(item) ? readReport(item) : "is not an object.";
    if (typeof report === "string") return { id, status: "refused", error: `The feedback ${report}` };
    const { version, metric, value } = report;
    const key = `${report.id} ${metric}`;
    if (this.seen.has(key)) return { id, metric, status: "duplicate" };
    const full = this.admit(version, metric);
    if (full) return { id, metric, status: "refused", error: `The feedback ${full}` };
    this.seen.add(key);
    this.counters.add(version, metric, value);
    return { id, metric, status: "accepted" };
  }

  private admit(version: string, metric: string): string | undefined {
    if (!this.versions.has(version) && this.versions.size >= MAX_VERSIONS) {
      return `names version "${version}", but this server counts at most ${MAX_VERSIONS} versions.`;
    }
    if (!this.metrics.has(metric) && this.metrics.size >= MAX_METRICS) {
      return `names metric "${metric}", but this server counts at most ${MAX_METRICS} metrics.`;
    }
    this.versions.add(version);
    this.metrics.add(metric);
    return undefined;
  }
}

/** The report that an item makes, or what is wrong with it. */
function readReport(item: Record<string, unknown>): Report | string {
  const { id, metric = "accuracy", label, prediction } = item;
  if (typeof id !== "string") return "has no id: the prediction_id of the answer.";
  const version = versionOfPrediction(id);
  if (version === undefined) return "has an id that is not a prediction's; send the prediction_id of the answer.";
  if (typeof metric !== "string" || !METRIC_NAME.test(metric)) {
    return "has a metric that is not a name of up to 64 letters, digits, dots, colons, dashes and underscores.";
  }
  if (item.value !== undefined && (label !== undefined || prediction !== undefined)) {
    return "has both a value and a label; send one of them.";
  }
  if (item.value === undefined && (label === undefined || prediction === undefined)) {
    return "has neither a value nor a label with the prediction.";
  }
  const value = item.value ?? Number(isDeepStrictEqual(label, prediction));
  if (typeof value !== "number" || !(value >= 0 && value <= MAX_VALUE)) {
    return `has a value that is not a number from 0 to ${MAX_VALUE}.`;
  }
  return { id, version, metric, value };
}
