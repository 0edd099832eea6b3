import { logSum } from "./mixture";
import { effectiveStrata, varianceBetween, type StratifiedDifference } from "./strata";

const { log, log1p, max } = Math;

/** Differences that are looked for, as multiples of the scale. */
const EFFECTS = [0.1, 0.3, 1];

/**
 * Evidence that two tracks differ, as the logarithm of an e-value: it exceeds 1/p with a probability of at most p, at all
 * evaluations together. It is the likelihood ratio of a mixture over normal effects (Johari, Koomen, Pekelis and Walsh,
 * "Always Valid Inference"), with Student's t instead of a known variance (Wang and Ramdas, "Anytime-valid t-tests"): the
 * variance is the larger one of what independent samples have and what the strata show, so samples that come in clumps do not
 * count as independent ones. With g = effect²/variance and ν degrees of freedom it is
 *
 *     ((1 + t²/ν) / (1 + t²/(ν·(1 + g))))^((ν + 1)/2) / √(1 + g)
 *
 * `scale` is the size of a large difference, fixed before these samples.
 */
export function logEvidenceOfDifference(strata: StratifiedDifference, scale: number): number {
  const degrees = effectiveStrata(strata) - 1;
  const variance = max(strata.variance, varianceBetween(strata));
  if (!(degrees > 0 && variance > 0)) return 0;
  const t2 = (strata.difference * strata.difference) / variance;
  const logs = EFFECTS.map((effect) => {
    const gain = (effect * scale * strata.weight) ** 2 / variance;
    return ((degrees + 1) / 2) * (log1p(t2 / degrees) - log1p(t2 / (degrees * (1 + gain)))) - log1p(gain) / 2;
  });
  return logSum(logs) - log(EFFECTS.length);
}
