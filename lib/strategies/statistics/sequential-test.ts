import type { LossMoments } from "./loss-moments";
import { FIRST_START_SHARE, logWealth, NEW_WEALTH, unallocatedShare, wealthOfStage, type Wealth } from "./wealth";

const { log, max, min } = Math;

/**
 * A sequential test that finds a regression whenever it begins. Evidence gathered since the start of the rollout would be
 * diluted by every good request before the regression, so the test bets from many starting points at once (testing by
 * betting): its wealth is 1 at the beginning and grows by the bets that a regression wins. The wealth is the e-value,
 * because nobody can expect to gain by betting against a candidate without a regression.
 *
 * Each stage allocates a part of the wealth: most of it to a regression that begins with the stage, the rest to later
 * starting points. No bet outlives its stage.
 */
export interface SequentialTest {
  readonly wealth: Wealth;
  readonly starts: readonly Start[];
  /** Samples of the candidate when the stage began, and at the latest start. */
  readonly samplesAtStage: number;
  readonly samplesAtLatestStart: number;
}

/** A starting point to bet from, with the losses until then. */
export interface Start {
  /** Share of the wealth allocated to the stage. */
  readonly share: number;
  readonly candidate: LossMoments;
}

/** The evidence of a test at one evaluation. */
export interface Reading {
  readonly logEvidence: number;
  /** The start with the most evidence, if there is any. */
  readonly strongest?: Start;
  /** Log evidence by start. */
  readonly logs: readonly number[];
}

/** Samples between two starts: a regression that begins in between is diluted by half as many on average. */
const START_SPACING = 16;

/** Starts that are kept; beyond that, the one with the least evidence is dropped with its share. */
const MAX_STARTS = 6;

export const NEW_TEST: SequentialTest = {
  wealth: NEW_WEALTH,
  starts: [],
  samplesAtStage: 0,
  samplesAtLatestStart: 0,
};

export function readTest(test: SequentialTest, logEvidenceSince: (start: Start) => number): Reading {
  const logs = test.starts.map(logEvidenceSince);
  const bets = test.starts.map(({ share }, i) => log(share) + (logs[i] ?? 0));
  const strongest = test.starts[bets.indexOf(max(...bets))];
  const logEvidence = logWealth(test.wealth, bets, unallocatedIn(test));
  return { logEvidence, ...(strongest !== undefined && { strongest }), logs };
}

/** The test of the next stage, with the wealth at the end of the last. */
export function enterStage(logEvidence: number, samples: number, stage: number, stages: number): SequentialTest {
  return {
    wealth: wealthOfStage(logEvidence, stage, stages),
    starts: [],
    samplesAtStage: samples,
    samplesAtLatestStart: samples,
  };
}

/** The first start of a stage, at its beginning. */
export const startWithStage = (test: SequentialTest, candidate: LossMoments): SequentialTest => ({
  ...test,
  starts: [{ candidate, share: FIRST_START_SHARE }],
});

/** Whether the next start is due. */
export const isDue = ({ starts, samplesAtLatestStart }: SequentialTest, samples: number): boolean =>
  starts.length > 0 && samples - samplesAtLatestStart >= START_SPACING;

export function addStart(test: SequentialTest, logs: readonly number[], candidate: LossMoments): SequentialTest {
  const samplesAtLatestStart = candidate.samples;
  const share = unallocatedIn(test) - unallocatedIn({ ...test, samplesAtLatestStart });
  return { ...test, starts: withStart(test.starts, logs, { candidate, share }), samplesAtLatestStart };
}

const unallocatedIn = ({ starts, samplesAtStage, samplesAtLatestStart }: SequentialTest): number =>
  unallocatedShare({ hasBegun: starts.length > 0, beganAt: samplesAtStage, startedAt: samplesAtLatestStart });

function withStart(starts: readonly Start[], logs: readonly number[], start: Start): readonly Start[] {
  if (starts.length < MAX_STARTS) return [...starts, start];
  const values = starts.map(({ share }, i) => log(share) + (logs[i] ?? 0));
  const weakest = values.indexOf(min(...values));
  return [...starts.filter((_, i) => i !== weakest), start];
}
