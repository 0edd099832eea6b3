import type { ComparisonMetrics } from "../../../runtimes/metrics";
import { httpGet } from "./http-get";
import type { ModelServer } from "./model-server";
import { parseMetrics } from "./server-metrics";

const TIMEOUT_MS = 2000;

/** One output of two versions, compared over all pairs of predictions. */
interface OutputComparison {
  readonly name: string;
  readonly compared: number;
  readonly agreed: number;
  /** Largest difference within a pair, as a mean and a maximum over the pairs; null without pairs. */
  readonly mean_difference: number | null;
  readonly largest_difference: number | null;
}

/** A request on which two versions differ, with hashes in place of the values. */
interface DifferingRequest {
  readonly request_id: string;
  readonly inputs_sha256: string;
  readonly outputs: readonly { readonly name: string; readonly agrees: boolean; readonly difference: number | null }[];
}

/** The comparison as the shadow's server reports it. */
interface ServerComparison {
  readonly pairs: number;
  readonly agreed: number;
  readonly agreement: number | null;
  readonly outputs: readonly OutputComparison[];
  readonly errors: Readonly<Record<string, number>>;
  readonly unpaired: Readonly<Record<string, number>>;
  /** Latency of the shadow as a multiple of the live version's, on the same requests. */
  readonly latency_ratio: number | null;
  readonly samples: readonly DifferingRequest[];
}

/** Pairs by how much they differ; the last bucket has no bound. */
export interface DifferenceDistribution {
  readonly output: string;
  readonly buckets: readonly { readonly upTo?: number; readonly pairs: number }[];
}

/** The predictions of two versions, compared. */
export interface Comparison extends ServerComparison {
  readonly distributions: readonly DifferenceDistribution[];
}

/** Fetches the comparison from a shadow's server; `undefined` if the server does not answer or cannot compare. */
export async function fetchComparison(server: ModelServer, model: string): Promise<Comparison | undefined> {
  const { comparison, metrics, paths } = server.runtime;
  if (comparison === undefined || metrics.comparison === undefined) return undefined;
  try {
    const path = comparison.samplesPath.replace("{model}", model);
    const [compared, page] = await Promise.all(
      [path, paths.metrics].map((each) => httpGet(server.port, each, TIMEOUT_MS)),
    );
    if (compared?.status !== 200 || page?.status !== 200) return undefined;
    const distributions = distributionsIn(page.body, metrics.comparison);
    return { ...(JSON.parse(compared.body) as ServerComparison), distributions };
  } catch {
    // A shadow that crashed cannot answer; the crash is reported elsewhere.
    return undefined;
  }
}

function distributionsIn(page: string, { differences, outputLabel }: ComparisonMetrics): DifferenceDistribution[] {
  const name = `${differences}_bucket`;
  const byOutput = new Map<string, { upTo: number; pairs: number }[]>();
  for (const { labels, value } of parseMetrics(page, new Set([name]))) {
    const output = labels[outputLabel] ?? "";
    const bound = labels["le"] === "+Inf" ? Infinity : Number(labels["le"]);
    byOutput.set(output, [...(byOutput.get(output) ?? []), { upTo: bound, pairs: value }]);
  }
  return [...byOutput].map(([output, cumulative]) => ({ output, buckets: perBucket(cumulative) }));
}

/** Prometheus's buckets are cumulative. */
function perBucket(cumulative: readonly { readonly upTo: number; readonly pairs: number }[]) {
  const sorted = [...cumulative].sort((a, b) => a.upTo - b.upTo);
  return sorted.map(({ upTo, pairs }, index) => ({
    ...(Number.isFinite(upTo) && { upTo }),
    pairs: pairs - (sorted[index - 1]?.pairs ?? 0),
  }));
}
