const { max, min } = Math;

/**
 * Harm counted over samples: each sample adds a number between 0 (well) and 1 (as bad as can be). A failed request
 * adds 1, a good one 0; a value of a metric adds its distance from the best value, scaled.
 */
export interface Sums {
  readonly samples: number;
  readonly harm: number;
  /** Sum of the squares; equals `harm` where every sample is 0 or 1. */
  readonly squares: number;
}

export const noSums: Sums = { samples: 0, harm: 0, squares: 0 };

/** Sums of samples that are either harmed or not. */
export function counted(samples: number, harmed: number): Sums {
  const harm = min(max(harmed, 0), samples);
  return { samples, harm, squares: harm };
}

/** What came after an earlier moment; never less than nothing. */
export function sumsSince(earlier: Sums, now: Sums): Sums {
  return {
    samples: max(0, now.samples - earlier.samples),
    harm: max(0, now.harm - earlier.harm),
    squares: max(0, now.squares - earlier.squares),
  };
}

/** Mean harm a sample; 0 without samples. */
export function meanHarm({ samples, harm }: Sums): number {
  return samples > 0 ? harm / samples : 0;
}
