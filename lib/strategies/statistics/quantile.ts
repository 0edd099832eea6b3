import type { LatencyHistogram } from "../observation";
import { binaryLoss, type LossMoments } from "./loss-moments";

export function requestsIn({ counts }: LatencyHistogram): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}

/**
 * A quantile in seconds, interpolated inside a bucket as by Prometheus's `histogram_quantile`: the last finite bound if the
 * quantile lies beyond it. Undefined without requests.
 */
export function quantileOf(histogram: LatencyHistogram, quantile: number): number | undefined {
  const rank = quantile * requestsIn(histogram);
  if (rank <= 0) return undefined;
  let below = 0;
  for (const [i, bound] of histogram.bounds.entries()) {
    const count = histogram.counts[i] ?? 0;
    if (count > 0 && below + count >= rank) {
      const lower = histogram.bounds[i - 1] ?? 0;
      return lower + (bound - lower) * ((rank - below) / count);
    }
    below += count;
  }
  return histogram.bounds.at(-1);
}

/** How many requests took longer than the bound with this index. */
export function slowerThanBound(histogram: LatencyHistogram, index: number): LossMoments {
  let slower = 0;
  for (let i = index + 1; i < histogram.counts.length; i++) slower += histogram.counts[i] ?? 0;
  return binaryLoss(requestsIn(histogram), slower);
}

/** How many requests took longer than the bucket bound at a limit; none where the limit is beyond all bounds. */
export function slowerThanLimit(histogram: LatencyHistogram, limitSeconds: number): LossMoments {
  const index = boundAtLeast(histogram, limitSeconds);
  return index < 0 ? binaryLoss(requestsIn(histogram), 0) : slowerThanBound(histogram, index);
}

/** How many requests took longer than some seconds, interpolated inside the bucket. */
export function slowerThan(histogram: LatencyHistogram, seconds: number): LossMoments {
  const index = boundAtLeast(histogram, seconds);
  if (index < 0) return slowerThanBound(histogram, histogram.bounds.length - 1);
  const upper = histogram.bounds[index] ?? 0;
  const lower = histogram.bounds[index - 1] ?? 0;
  const above = slowerThanBound(histogram, index);
  return binaryLoss(above.samples, above.loss + (histogram.counts[index] ?? 0) * ((upper - seconds) / (upper - lower)));
}

/** Index of the smallest bound that is at least as many seconds; −1 when all are smaller. */
export function boundAtLeast({ bounds }: LatencyHistogram, seconds: number): number {
  return bounds.findIndex((bound) => bound >= seconds);
}

/**
 * The bucket bound that shows best whether a quantile has risen: near the quantile, but with enough requests beyond it for
 * a comparison. Undefined without requests.
 */
export function boundNear(histogram: LatencyHistogram, quantile: number): number | undefined {
  const seconds = quantileOf(histogram, quantile);
  if (seconds === undefined) return undefined;
  const above = boundAtLeast(histogram, seconds);
  const { samples, loss } = slowerThanBound(histogram, above);
  return loss < (samples * (1 - quantile)) / 2 && above > 0 ? above - 1 : above;
}
