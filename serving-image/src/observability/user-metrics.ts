import { Counter, type Registry } from "prom-client";
import { contract, groupOf } from "../core/contract";
import { SummaryFamily } from "./summary";

const { metrics, labels, users } = contract;

/** Versions and metrics whose feedback is counted by group; any beyond them count only in total. */
const MAX_FEEDBACK_SERIES = 20;

/** What one model version counts by group of users. It has no series until a request names a bucket. */
export class UserCounts {
  newUsers = 0;
  readonly requests = new Float64Array(users.groups);
  readonly errors = new Float64Array(users.groups);
  /** Whether any request had a bucket, and whether any had a new one. */
  hasGroups = false;
  hasNewUsers = false;

  started(isNew: boolean): void {
    this.hasGroups = true;
    if (!isNew) return;
    this.hasNewUsers = true;
    this.newUsers++;
  }

  ended(bucket: number, isFailed: boolean): void {
    increment(this.requests, groupOf(bucket), 1);
    if (isFailed) increment(this.errors, groupOf(bucket), 1);
  }
}

/** Feedback of one version and metric by group of users. */
interface FeedbackSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly counts: Float64Array;
  readonly sums: Float64Array;
}

interface FeedbackLabels {
  readonly model: string;
  readonly version: string;
  readonly metric: string;
}

interface CountAndSum {
  readonly count: number;
  readonly sum: number;
}

/** Feedback by group of users, on predictions of any version. */
export class GroupedFeedback {
  private readonly series = new Map<string, FeedbackSeries>();

  constructor(registry: Registry) {
    const labelNames = ["model", "version", labels.metric, labels.userGroup];
    const help = "Values reported for predictions";
    countFrom(registry, metrics.groupFeedbackCount, `${help}, by group of users.`, labelNames, () =>
      [...this.series.values()].map((each) => ({ labels: each.labels, counts: each.counts })),
    );
  }

  /** The sums of the values, which have the format of summaries. */
  sums(): SummaryFamily {
    const family = new SummaryFamily(metrics.groupFeedbackSum, "Values reported for predictions, by group of users.");
    for (const { labels: own, counts, sums } of this.series.values()) {
      sums.forEach((sum, group) =>
        family.add({ ...own, [labels.userGroup]: String(group) }, { count: counts[group] ?? 0, sum }),
      );
    }
    return family;
  }

  add({ model, version, metric }: FeedbackLabels, group: number, { count, sum }: CountAndSum): void {
    const key = `${model} ${version} ${metric}`;
    let series = this.series.get(key);
    if (!series) {
      if (this.series.size >= MAX_FEEDBACK_SERIES) return;
      const [counts, sums] = [new Float64Array(users.groups), new Float64Array(users.groups)];
      series = { labels: { model, version, [labels.metric]: metric }, counts, sums };
      this.series.set(key, series);
    }
    increment(series.counts, group, count);
    increment(series.sums, group, sum);
  }
}

interface CountedVersion {
  readonly labels: { readonly model: string; readonly version: string };
  readonly users: UserCounts;
}

/** Exports what versions count by group of users. */
export function registerUserMetrics(registry: Registry, versions: () => Iterable<CountedVersion>): void {
  const grouped = ["model", "version", labels.userGroup];
  const withGroups = () => [...versions()].filter((version) => version.users.hasGroups);
  countFrom(registry, metrics.groupRequests, "Inference requests by group of users.", grouped, () =>
    withGroups().map((version) => ({ labels: version.labels, counts: version.users.requests })),
  );
  countFrom(registry, metrics.groupErrors, "Failed inference requests by group of users.", grouped, () =>
    withGroups().map((version) => ({ labels: version.labels, counts: version.users.errors })),
  );
  new Counter({
    name: metrics.newUsers,
    help: "Users assigned to the version by the router.",
    labelNames: ["model", "version"],
    registers: [registry],
    collect() {
      this.reset();
      for (const version of versions()) {
        if (version.users.hasNewUsers) this.inc({ ...version.labels }, version.users.newUsers);
      }
    },
  });
}

/** Counts by group with the labels that they share. */
interface GroupCounts {
  readonly labels: Readonly<Record<string, string>>;
  readonly counts: Float64Array;
}

/** A counter that is filled from plain numbers only when it is scraped. */
function countFrom(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly string[],
  collected: () => readonly GroupCounts[],
): void {
  new Counter({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect() {
      this.reset();
      for (const each of collected()) {
        each.counts.forEach((count, group) => this.inc({ ...each.labels, [labels.userGroup]: String(group) }, count));
      }
    },
  });
}

function increment(counts: Float64Array, group: number, by: number): void {
  counts[group] = (counts[group] ?? 0) + by;
}
