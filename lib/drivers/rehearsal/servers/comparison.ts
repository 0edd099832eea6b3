import { CONTRACT } from "../../../core/contract";
import { httpGet } from "./http-get";
import type { ModelServer } from "./model-server";
import { parseMetrics } from "./prometheus-text";

const TIMEOUT_MS = 2000;

/** An output of two versions, compared over all pairs of predictions. */
export interface OutputComparison {
  readonly name: string;
  readonly compared: number;
  readonly agreed: number;
  /** Largest difference within a pair, on average and at most; null without pairs. */
  readonly mean_difference: number | null;
  readonly largest_difference: number | null;
}

/** A request on which two versions differ; hashes stand for the values unless they were asked for. */
export interface DifferingRequest {
  readonly request_id: string;
  readonly inputs_sha256: string;
  readonly outputs: readonly { readonly name: string; readonly agrees: boolean; readonly difference: number | null }[];
}

/** What a shadow's server says about its predictions beside the live ones. */
export interface ServerComparison {
  readonly pairs: number;
  readonly agreed: number;
  readonly agreement: number | null;
  readonly outputs: readonly OutputComparison[];
  readonly errors: Readonly<Record<string, number>>;
  readonly unpaired: Readonly<Record<string, number>>;
  /** Time of the shadow as a multiple of the live version's, on the same requests. */
  readonly latency_ratio: number | null;
  readonly samples: readonly DifferingRequest[];
}

/** How many pairs differ by up to each bound, and by more than the one before; the last has no bound. */
export interface DifferenceDistribution {
  readonly output: string;
  readonly buckets: readonly { readonly upTo?: number; readonly pairs: number }[];
}

/** The predictions of two versions, compared. */
export interface Comparison extends ServerComparison {
  readonly distributions: readonly DifferenceDistribution[];
}

/** Asks a shadow's server; `undefined` where it does not tell. */
export async function comparisonOf(server: ModelServer, model: string): Promise<Comparison | undefined> {
  try {
    const path = CONTRACT.paths.comparison.replace("{model}", model);
    const [told, metrics] = await Promise.all(
      [path, CONTRACT.paths.metrics].map((each) => httpGet(server.port, each, TIMEOUT_MS)),
    );
    if (told?.status !== 200 || metrics?.status !== 200) return undefined;
    return { ...(JSON.parse(told.body) as ServerComparison), distributions: distributionsIn(metrics.body) };
  } catch {
    // A shadow that crashed has nothing to tell; that it did is told elsewhere.
    return undefined;
  }
}

function distributionsIn(page: string): DifferenceDistribution[] {
  const name = `${CONTRACT.metrics.comparisonDifference}_bucket`;
  const byOutput = new Map<string, { upTo: number; pairs: number }[]>();
  for (const { labels, value } of parseMetrics(page, new Set([name]))) {
    const output = labels[CONTRACT.labels.output] ?? "";
    const bound = labels["le"] === "+Inf" ? Infinity : Number(labels["le"]);
    byOutput.set(output, [...(byOutput.get(output) ?? []), { upTo: bound, pairs: value }]);
  }
  return [...byOutput].map(([output, cumulative]) => ({ output, buckets: perBucket(cumulative) }));
}

/** Prometheus's buckets each hold those below them as well. */
function perBucket(cumulative: readonly { readonly upTo: number; readonly pairs: number }[]) {
  const sorted = [...cumulative].sort((a, b) => a.upTo - b.upTo);
  return sorted.map(({ upTo, pairs }, index) => ({
    ...(Number.isFinite(upTo) && { upTo }),
    pairs: pairs - (sorted[index - 1]?.pairs ?? 0),
  }));
}
