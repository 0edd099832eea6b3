const { expm1, log, sqrt } = Math;

/** What an always-valid interval is computed from. */
export interface AnytimeInterval {
  /** Squared standard error of the estimate. */
  readonly variance: number;
  /** Degrees of freedom of the variance; `Infinity` if the variance is known. */
  readonly degreesOfFreedom: number;
  /** Standard deviation of the prior on the difference, fixed before the data. */
  readonly scale: number;
  /** Probability that the interval ever misses the true value. */
  readonly chance: number;
}

/**
 * Half the width of an interval that is valid at every evaluation: the inverse of a mixture sequential probability ratio
 * test (Johari, Koomen, Pekelis and Walsh, "Always Valid Inference"), with the likelihood of Student's t in place of the
 * normal one if the variance is estimated from a few clusters (Wang and Ramdas, "Anytime-valid t-tests and confidence
 * sequences"). With g = scale²/variance and ν degrees of freedom, the interval contains every difference whose t satisfies
 *
 *     ((1 + t²/ν) / (1 + t²/(ν·(1 + g))))^((ν + 1)/2) / √(1 + g) < 1/chance
 *
 * It is infinite while even the largest t could not reach that evidence.
 */
export function anytimeHalfWidth({ variance, degreesOfFreedom: df, scale, chance }: AnytimeInterval): number {
  const prior = scale * scale;
  if (!(prior > 0) || !(df > 0) || !Number.isFinite(variance)) return Infinity;
  if (variance <= 0) return 0;
  const logEvidence = 2 * log(1 / chance) + log((variance + prior) / variance);
  if (df === Infinity) return sqrt((variance * (variance + prior) * logEvidence) / prior);
  const excess = expm1(logEvidence / (df + 1));
  const room = (prior - excess * variance) / (variance + prior);
  return room > 0 ? sqrt((variance * df * excess) / room) : Infinity;
}
