import type { Bets } from "./bets";
import type { BlockEvents, RateFactors } from "./rate-ratio";
import type { Block } from "./block";

const { log, log1p, max, min, sqrt } = Math;

/** What is bet on: how many times the allowed share the candidate has, and the share expected on the baseline. */
interface Alternative {
  readonly baseline: number;
  readonly candidate: number;
}

/** Shares on which bets can win and lose. */
const MIN_SHARE = 1e-4;
const MAX_SHARE = 0.9;

/**
 * Bets that a larger share of the samples are events on the candidate than `allowedRatio` times the share on the baseline *in
 * the same block*. They are for events that are not rare, such as requests slower than a p95: there the counts are binomial, and
 * a test of Poisson counts (see `rateRatioBets`) needs a fifth more samples.
 *
 * Each bet is the likelihood of both counts under an alternative, divided by their likelihood under the closest shares that the
 * hypothesis allows (Turner, Ly and Grünwald, "Generic E-variables for exact sequential k-sample tests that allow for optional
 * stopping", 2024: for a convex set of shares this is an e-variable, whatever the true shares are). `expectedShare`, fixed
 * before the block, decides only how much a bet can win.
 */
export function shareRatioBets(
  factors: RateFactors,
  allowedRatio: number,
  expectedShare: number,
  eventsOf: (block: Block) => BlockEvents,
): Bets {
  const baseline = min(max(expectedShare, MIN_SHARE), MAX_SHARE / allowedRatio / 2);
  const alternatives = factors.map(([factor]) => ({
    baseline,
    candidate: min(baseline * allowedRatio * factor, MAX_SHARE),
  }));
  const nothing = factors.map(() => 0);
  return {
    logShares: factors.map(([, share]) => log(share)),
    logFactors(block) {
      const events = eventsOf(block);
      if (events.candidateSamples <= 0 || events.baselineSamples <= 0) return nothing;
      return alternatives.map((alternative) => logFactor(events, alternative, allowedRatio));
    },
  };
}

function logFactor(events: BlockEvents, alternative: Alternative, allowedRatio: number): number {
  const { candidateSamples, candidateEvents, baselineSamples, baselineEvents } = events;
  const allowed = closestAllowed(candidateSamples, baselineSamples, alternative, allowedRatio);
  return (
    logRatio(candidateSamples, candidateEvents, alternative.candidate, allowed * allowedRatio) +
    logRatio(baselineSamples, baselineEvents, alternative.baseline, allowed)
  );
}

/**
 * The baseline's share for which the alternative is least distinguishable from a candidate with exactly the allowed ratio: the
 * root of the derivative of the Kullback–Leibler divergence, which is quadratic.
 */
function closestAllowed(
  candidateSamples: number,
  baselineSamples: number,
  { candidate, baseline }: Alternative,
  ratio: number,
): number {
  const samples = candidateSamples + baselineSamples;
  const events = candidateSamples * candidate + baselineSamples * baseline;
  const b = baselineSamples * (1 + baseline * ratio) + candidateSamples * (ratio + candidate);
  return (2 * events) / (b + sqrt(max(0, b * b - 4 * samples * ratio * events)));
}

/** The logarithm of how much more likely the counts are with a share than with another. */
const logRatio = (samples: number, events: number, share: number, other: number): number =>
  events * log(share / other) + (samples - events) * (log1p(-share) - log1p(-other));
