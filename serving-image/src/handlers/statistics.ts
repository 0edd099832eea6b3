import { type Handler, json } from "../http/exchange";
import { describePlan } from "../model/batching-plan";
import type { ModelVersion } from "../model/model-version";
import type { ServingState } from "../model/serving-state";
import type { Tally } from "../observability/tally";

/** A count and a total time in nanoseconds, as Triton's clients and its load generator read them. */
interface TimedCount {
  readonly count: number;
  readonly ns: number;
}

/** The statistics of a model version, in Triton's format. */
interface ModelStatisticsReply {
  readonly name: string;
  readonly version: string;
  readonly last_inference: number;
  /** Rows computed. */
  readonly inference_count: number;
  /** Runs of the model. */
  readonly execution_count: number;
  readonly inference_stats: Readonly<Record<string, TimedCount>>;
  /** Not part of Triton's format: how many rows may share a run, and why. */
  readonly batching?: { readonly max_rows: number; readonly decided_by: string; readonly reason: string };
  readonly batch_stats: readonly (Readonly<Record<"compute_input" | "compute_infer" | "compute_output", TimedCount>> & {
    readonly batch_size: number;
  })[];
}

/** The statistics of every model, of one, or of one version. */
export function modelStatistics(state: ServingState): Handler {
  return ({ parameters }) => json(200, { model_stats: modelStatisticsOf(state, parameters) });
}

/** @param path empty, or a model's name, optionally with a version */
export function modelStatisticsOf(state: ServingState, path: readonly string[]): ModelStatisticsReply[] {
  const [model] = path;
  if (path.length > 1) return [toReply(state.find(path))];
  return (model === undefined ? state.all() : state.versionsOf(model)).map(toReply);
}

function toReply({ model, version, batching, metrics: { statistics } }: ModelVersion): ModelStatisticsReply {
  const { succeeded, failed, queue, cache, compute, computeOfRequests, computeByRows, rows, lastRunAt } = statistics;
  // Decoding a request and encoding its response are not timed separately; their time is part of the whole request's.
  const untimed = { count: computeOfRequests.count, ns: 0 };
  return {
    name: model,
    version,
    last_inference: lastRunAt,
    inference_count: rows,
    execution_count: compute.count,
    inference_stats: {
      success: timed(succeeded),
      fail: timed(failed),
      queue: timed(queue),
      compute_input: untimed,
      compute_infer: timed(computeOfRequests),
      compute_output: untimed,
      cache_hit: timed(cache.hits),
      cache_miss: timed(cache.misses),
    },
    ...(batching && {
      batching: { max_rows: batching.maxRows, decided_by: batching.decidedBy, reason: batching.reason },
    }),
    batch_stats: [...computeByRows]
      .sort(([a], [b]) => a - b)
      .map(([size, tally]) => ({
        batch_size: size,
        compute_input: { count: tally.count, ns: 0 },
        compute_infer: timed(tally),
        compute_output: { count: tally.count, ns: 0 },
      })),
  };
}

function timed({ count, seconds }: Tally): TimedCount {
  return { count, ns: Math.round(seconds * 1e9) };
}

const HEADINGS = "model,version,state,answered,failed,in flight,waiting,mean ms,queue ms,run ms,rows per run".split(
  ",",
);

/** The statistics as a table in plain text, for people. */
export function statisticsTable(state: ServingState): Handler {
  return () => {
    const table = [HEADINGS, ...state.all().map((version) => rowOf(state, version))];
    const widths = HEADINGS.map((_, i) => Math.max(...table.map((row) => row[i]?.length ?? 0)));
    const lines = table.map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    );
    const reasons = state.all().flatMap(reasonLine);
    const body = [`up for ${Math.round(process.uptime())} s`, "", ...lines, "", ...reasons, ""].join("\n");
    return { status: 200, body, headers: { "content-type": "text/plain; charset=utf-8" } };
  };
}

/** Why its requests share runs, or do not. */
function reasonLine({ model, version, batching }: ModelVersion): string[] {
  if (!batching) return [];
  return [`${model} ${version}: ${describePlan(batching)} (decided by ${batching.decidedBy}): ${batching.reason}`];
}

function rowOf(state: ServingState, version: ModelVersion): string[] {
  const { statistics, inFlight, queueLength } = version.metrics;
  const { succeeded, failed, queue, compute, rows } = statistics;
  const milliseconds = ({ meanSeconds }: Tally): string => (meanSeconds * 1000).toFixed(3);
  return [
    version.model,
    version.version,
    state.notReadyReasonOf(version) ?? "ready",
    ...[succeeded.count, failed.count, inFlight, queueLength].map(String),
    ...[succeeded, queue, compute].map(milliseconds),
    compute.count === 0 ? "-" : (rows / compute.count).toFixed(2),
  ];
}
