const { max } = Math;

/** Sums by cluster. Values are correlated within a cluster, such as a group of users, and independent between clusters. */
export interface ClusterSums {
  /** Weight of each cluster, such as its number of values. */
  readonly counts: readonly number[];
  readonly sums: readonly number[];
}

/** A mean with its variance between clusters. */
export interface ClusterMean {
  readonly count: number;
  readonly mean: number;
  /** Squared standard error; 0 with a single cluster. */
  readonly variance: number;
  /** Degrees of freedom of the variance: the effective number of clusters, less one. Unequal clusters count for fewer. */
  readonly degreesOfFreedom: number;
}

/**
 * The mean with its linearized variance between clusters. Each cluster moves the mean towards itself by its share, so its
 * squared residual is divided by 1 − share (the CR2 correction of Bell and McCaffrey, "Bias reduction in standard errors for
 * linear regression with multi-stage samples"): with equal clusters the variance is unbiased, and a cluster with a heavy user
 * does not hide its own deviation.
 */
export function clusterMean({ counts, sums }: ClusterSums): ClusterMean | undefined {
  const count = total(counts);
  if (count <= 0) return undefined;
  const mean = total(sums) / count;
  let [squares, shares] = [0, 0];
  counts.forEach((clusterCount, i) => {
    const share = clusterCount / count;
    shares += share * share;
    if (share >= 1) return;
    const residual = (sums[i] ?? 0) - mean * clusterCount;
    squares += (residual * residual) / (1 - share);
  });
  return { count, mean, variance: squares / (count * count), degreesOfFreedom: max(0, 1 / shares - 1) };
}

/** A mean, with the squared standard error that it would have if all values were independent. */
export interface ComparedMean {
  readonly estimate: ClusterMean;
  readonly independent: number;
}

/** The squared standard error of a difference of two means, and its degrees of freedom. */
export interface DifferenceVariance {
  readonly variance: number;
  readonly degreesOfFreedom: number;
}

/**
 * The variance of a difference of two means. A track with a small share of the users has few clusters, so the design effect
 * (how many times larger the variance is than that of independent values) is estimated from both tracks together. The result
 * is never less than the variance between the clusters of each track, nor than that of independent values.
 */
export function differenceVariance(a: ComparedMean, b: ComparedMean): DifferenceVariance {
  const [x, y] = [a.estimate, b.estimate];
  const independent = a.independent + b.independent;
  return {
    variance: max(x.variance + y.variance, independent * max(1, pooledDesignEffect([a, b]))),
    degreesOfFreedom: x.degreesOfFreedom + y.degreesOfFreedom,
  };
}

/** How many times larger the variance of means is than that of means of independent values, estimated from all of them. */
export function pooledDesignEffect(means: readonly ComparedMean[]): number {
  let [effect, weight] = [0, 0];
  for (const { estimate, independent } of means) {
    if (!(independent > 0) || !Number.isFinite(independent)) continue;
    effect += (estimate.degreesOfFreedom * estimate.variance) / independent;
    weight += estimate.degreesOfFreedom;
  }
  return weight > 0 ? effect / weight : 1;
}

function total(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
