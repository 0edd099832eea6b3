import { MetricDirection, type Gate, type LatencyComparisonGate, type MetricComparisonGate } from "../gate";
import type { LatencyHistogram } from "../observation";
import type { Pair } from "../pair";
import { combineBets, NO_BETS, type Bets } from "../statistics/concurrent/bets";
import type { Block } from "../statistics/concurrent/block";
import type { Hypotheses } from "../statistics/concurrent/concurrent-test";
import { meanShiftBets } from "../statistics/concurrent/mean-shift";
import { rateRatioBets, type BlockEvents, type RateFactors } from "../statistics/concurrent/rate-ratio";
import { shareRatioBets } from "../statistics/concurrent/share-ratio";
import { binaryLoss, meanLoss, type LossMoments } from "../statistics/loss-moments";
import { boundAtLeast, boundNear, requestsIn, slowerThanBound, slowerThanLimit } from "../statistics/quantile";
import type { Totals } from "../tally";
import { lossOf } from "./metric";

/** A comparison of a candidate with the baseline of the same time. A gate has one, or one for each quantile that it checks. */
export interface ConcurrentComparison {
  /** Share of the gate's wealth. */
  readonly share: number;
  /**
   * Whether the baseline's whole history stands in for it where it has no traffic. Latency follows the load of the hour, so
   * its history says nothing; and an objective then decides alone.
   */
  readonly usesHistory: boolean;
  /** Whether it judges latency, for which the first requests of a cold replica do not count. */
  readonly judgesLatency: boolean;
  /** What must be fixed before the samples that it judges; undefined while there is too little data to fix it. */
  reference(baseline: Totals): Reference | undefined;
  /** The reference for the blocks to come, from more data. What `losses` reads of it does not change. */
  refresh(reference: Reference, baseline: Totals): Reference;
  /** The losses of both tracks. */
  losses(totals: Pair<Totals>, reference: Reference): Block;
  hypotheses(reference: Reference): Hypotheses;
}

/** What a comparison fixes at the start of a stage. */
export interface Reference {
  /** Index of the latency bucket from whose bound on requests are slow, or the mean loss around which the spread is measured. */
  readonly value: number;
  /** How many times the loss rate of the baseline is allowed on the candidate. */
  readonly allowedRatio: number;
  /** The share of the baseline's requests that are slow; missing where losses are rare, so that their share matters little. */
  readonly share?: number;
}

/** The reference of a comparison that has not begun. */
export const NO_REFERENCE: Reference = { value: 0, allowedRatio: 1 };

/** How many times as high the loss rate may be. Together they find a small regression late and a large one early. */
const HIGHER_RATES: RateFactors = [
  [2, 0.3],
  [4, 0.25],
  [10, 0.4],
  [40, 0.05],
];

/** The same for rates beyond a margin. */
const RATES_BEYOND_MARGIN: RateFactors = [
  [1.5, 0.2],
  [2.2, 0.55],
  [5, 0.25],
];

/** The same for successes, where they are the rarer event. */
const LOWER_RATES: RateFactors = [
  [0.9, 0.25],
  [0.75, 0.25],
  [0.5, 0.25],
  [0.2, 0.25],
];

/** Requests of the baseline beyond its quantile from which the quantile is known well enough to choose a bucket bound by it. */
const MIN_SLOW_FOR_BOUND = 5;

/** Values of the baseline from which its mean is known well enough to measure a spread around it. */
const MIN_VALUES_FOR_MEAN = 20;

/** The tail that a latency gate checks beside its own quantile, and its share of the wealth. */
const TAIL_QUANTILE = 0.99;
const TAIL_SHARE = 0.15;

export function concurrentComparisonsOf(gate: Gate): readonly ConcurrentComparison[] {
  switch (gate.kind) {
    case "error-rate-objective":
      return [lossComparison(errorsIn, WORSE_AT_ALL)];
    case "error-rate-comparison":
      return [{ ...lossComparison(errorsIn, rateHypotheses(1 + gate.margin)), usesHistory: true }];
    case "latency-objective":
      return [
        {
          ...lossComparison((totals) => slowerThanLimit(totals.latency, gate.limitSeconds), WORSE_AT_ALL),
          judgesLatency: true,
        },
      ];
    case "latency-comparison":
      return latencyComparisons(gate);
    case "metric-comparison":
      return [metricComparison(gate)];
    case "agreement-objective":
      return [];
  }
}

const errorsIn = ({ requests, errors }: Totals): LossMoments => binaryLoss(requests, errors);

const lossEvents = ({ candidate, baseline }: Block): BlockEvents => ({
  candidateSamples: candidate.samples,
  candidateEvents: candidate.loss,
  baselineSamples: baseline.samples,
  baselineEvents: baseline.loss,
});

function lossComparison(lossIn: (totals: Totals) => LossMoments, hypotheses: Hypotheses): ConcurrentComparison {
  return {
    share: 1,
    usesHistory: false,
    judgesLatency: false,
    reference: () => NO_REFERENCE,
    refresh: () => NO_REFERENCE,
    losses: ({ candidate, baseline }) => ({ candidate: lossIn(candidate), baseline: lossIn(baseline) }),
    hypotheses: () => hypotheses,
  };
}

const HIGHER_THAN_BASELINE = rateRatioBets(HIGHER_RATES, 1, lossEvents);

/** For an objective it matters only whether the candidate is worse than the baseline: how bad it may be is the objective's limit. */
const WORSE_AT_ALL: Hypotheses = { equal: HIGHER_THAN_BASELINE, within: NO_BETS };

const rateHypotheses = (allowedRatio: number): Hypotheses => ({
  equal: HIGHER_THAN_BASELINE,
  within: rateRatioBets(RATES_BEYOND_MARGIN, allowedRatio, lossEvents),
});

function latencyComparisons(gate: LatencyComparisonGate): readonly ConcurrentComparison[] {
  if (gate.quantile >= TAIL_QUANTILE) return [latencyComparison(gate, gate.quantile, 1)];
  return [latencyComparison(gate, gate.quantile, 1 - TAIL_SHARE), latencyComparison(gate, TAIL_QUANTILE, TAIL_SHARE)];
}

/** The share of requests slower than a bound near the baseline's quantile, chosen in advance, on both tracks. */
function latencyComparison(gate: LatencyComparisonGate, quantile: number, share: number): ConcurrentComparison {
  return {
    share,
    usesHistory: false,
    judgesLatency: true,
    reference({ latency }) {
      if (requestsIn(latency) * (1 - quantile) < MIN_SLOW_FOR_BOUND) return undefined;
      const [near, floor] = [boundNear(latency, quantile), boundAtLeast(latency, gate.floorSeconds)];
      if (near === undefined || floor < 0) return undefined;
      const value = Math.max(near, floor);
      return slowReference(latency, value, 1 + gate.margin);
    },
    refresh: ({ value }, { latency }) => slowReference(latency, value, 1 + gate.margin),
    losses: ({ candidate, baseline }, { value }) => ({
      candidate: slowerThanBound(candidate.latency, value),
      baseline: slowerThanBound(baseline.latency, value),
    }),
    hypotheses: cached(slowHypotheses),
  };
}

const slowReference = (latency: LatencyHistogram, value: number, stretch: number): Reference => ({
  value,
  allowedRatio: stretchedRatio(latency, value, stretch),
  share: roundShare(meanLoss(slowerThanBound(latency, value))),
});

/** Rounded, because it is part of the state. */
const roundShare = (share: number): number => Number(share.toPrecision(3));

const slowHypotheses = ({ allowedRatio, share = 0 }: Reference): Hypotheses => ({
  equal: shareRatioBets(HIGHER_RATES, 1, share, lossEvents),
  within: shareRatioBets(RATES_BEYOND_MARGIN, allowedRatio, share, lossEvents),
});

/**
 * How many times as many requests exceed a bucket's bound when every latency is stretched. Inside a bucket the share of slower
 * requests falls exponentially: linear interpolation would overestimate a tail several times.
 */
function stretchedRatio(latency: LatencyHistogram, index: number, stretch: number): number {
  const seconds = (latency.bounds[index] ?? 0) / stretch;
  const upper = boundAtLeast(latency, seconds);
  const [above, slow] = [slowerThanBound(latency, upper).loss, slowerThanBound(latency, index).loss];
  const below = upper > 0 ? slowerThanBound(latency, upper - 1).loss : requestsIn(latency);
  const lower = latency.bounds[upper - 1] ?? 0;
  const part = (seconds - lower) / ((latency.bounds[upper] ?? 0) - lower);
  const crossing = below ** (1 - part) * (above + MIN_REQUESTS_IN_BUCKET) ** part;
  return Math.max(1, (crossing + MIN_REQUESTS_IN_BUCKET) / (slow + MIN_REQUESTS_IN_BUCKET));
}

/** Requests that an empty bucket counts as having. */
const MIN_REQUESTS_IN_BUCKET = 0.5;

/** The loss of a value is its distance from the best possible value, as a share of the whole range. */
function metricComparison(gate: MetricComparisonGate): ConcurrentComparison {
  const { direction, lowerBound, upperBound, margin } = gate;
  const range = upperBound - lowerBound;
  const lossIn = (totals: Totals): LossMoments =>
    lossOf(totals.metrics[gate.metric], direction, lowerBound, upperBound);
  const valueOf = (loss: number): number =>
    direction === MetricDirection.HigherIsBetter ? upperBound - loss * range : lowerBound + loss * range;
  return {
    share: 1,
    usesHistory: true,
    judgesLatency: false,
    reference(baseline) {
      const { samples, loss } = lossIn(baseline);
      return samples < MIN_VALUES_FOR_MEAN ? undefined : { value: loss / samples, allowedRatio: 1 };
    },
    refresh(reference, baseline) {
      const { samples, loss } = lossIn(baseline);
      return samples > 0 ? { ...reference, value: loss / samples } : reference;
    },
    losses: ({ candidate, baseline }) => ({ candidate: lossIn(candidate), baseline: lossIn(baseline) }),
    hypotheses: cached(({ value }) => ({
      equal: meanBets(value, 0, HIGHER_RATES),
      within: meanBets(value, (margin * Math.abs(valueOf(value))) / range, RATES_BEYOND_MARGIN),
    })),
  };
}

/** The function with a cache of its latest value, because a reference seldom changes. */
function cached<T>(make: (reference: Reference) => T): (reference: Reference) => T {
  let latest: { readonly reference: Reference; readonly value: T } | undefined;
  return (reference) => {
    if (latest?.reference !== reference) latest = { reference, value: make(reference) };
    return latest.value;
  };
}

/** Two tests share the wealth: one on losses or successes, whichever are rarer, counted as events, and one on a shift of the mean. */
function meanBets(reference: number, allowance: number, factors: RateFactors): Bets {
  const rate =
    reference <= 0.5
      ? rateRatioBets(factors, 1 + allowance / Math.max(reference, MIN_MEAN), lossEvents)
      : rateRatioBets(LOWER_RATES, Math.max(0, 1 - allowance / (1 - Math.min(reference, 1 - MIN_MEAN))), successEvents);
  return combineBets([rate, meanShiftBets(allowance, reference)]);
}

/** With a mean loss of 0, the margin would allow no loss at all. */
const MIN_MEAN = 1e-3;

const successEvents = ({ candidate, baseline }: Block): BlockEvents => ({
  candidateSamples: candidate.samples,
  candidateEvents: candidate.samples - candidate.loss,
  baselineSamples: baseline.samples,
  baselineEvents: baseline.samples - baseline.loss,
});

/** What the comparisons of a gate say together. */
export interface ComparisonReading {
  /** Log evidence that the candidate is worse than the baseline of the same time, and that it is worse than allowed. */
  readonly equal: number;
  readonly within: number;
  /** The divisor of the evidence: see `Dispersion`. */
  readonly dispersion: number;
  /** The losses since the candidate has been doing worse, and the reference of that comparison. */
  readonly worst: Block;
  readonly reference: Reference;
  /** Whether the baseline's history stands in for a baseline of the same time. */
  readonly isAgainstHistory: boolean;
}
