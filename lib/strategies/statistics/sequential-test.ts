import type { LossMoments } from "./loss-moments";
import { logSum } from "./mixture";

const { exp, log, max, min } = Math;

/**
 * A sequential test that finds a regression whenever it begins. Evidence gathered since the start of the rollout would be
 * diluted by every good request before the regression, so the test bets from many starting points at once (testing by
 * betting): its wealth is 1 at the beginning and grows by the bets that a regression wins. The wealth is the e-value,
 * because nobody can expect to gain by betting against a candidate without a regression.
 *
 * Each stage allocates a part of the wealth: most of it to a regression that begins with the stage, the rest to later
 * starting points. No bet outlives its stage, so tracks are compared only over a time with a fixed split.
 */
export interface SequentialTest {
  /** Wealth that this stage leaves for later stages, and wealth that it bets, of an initial 1. */
  readonly reserve: number;
  readonly allocated: number;
  readonly starts: readonly Start[];
  /** Samples of the candidate when the stage began, and at the latest start. */
  readonly samplesAtStage: number;
  readonly samplesAtLatestStart: number;
}

/** A starting point to bet from, with the counts until then. */
export interface Start {
  /** Share of the wealth allocated to the stage. */
  readonly share: number;
  /** A number that must be fixed before the samples that are judged with it: see the gate's rule. */
  readonly reference: number;
  readonly candidate: LossMoments;
  readonly baseline: LossMoments;
}

/** The counts at one time, as a starting point. */
export type Snapshot = Omit<Start, "share">;

/** The evidence of a test at one evaluation. */
export interface Reading {
  readonly logEvidence: number;
  /** The start with the most evidence, if there is any. */
  readonly strongest?: Start;
  /** Log evidence by start. */
  readonly logs: readonly number[];
}

/** Share of a stage's wealth that is bet on a regression from the beginning of the stage. */
const FIRST_START_SHARE = 0.55;

/** Samples between two starts: a regression that begins in between is diluted by half as many on average. */
const START_SPACING = 16;

/** Starts that are kept; beyond that, the one with the least evidence is dropped with its share. */
const MAX_STARTS = 6;

/** Beyond any limit, and small enough for the wealth to stay finite. */
const MAX_LOG_EVIDENCE = 40;

export const NEW_TEST: SequentialTest = {
  reserve: 1,
  allocated: 0,
  starts: [],
  samplesAtStage: 0,
  samplesAtLatestStart: 0,
};

export function readTest(test: SequentialTest, logEvidenceSince: (start: Start) => number): Reading {
  const logs = test.starts.map(logEvidenceSince);
  const bets = test.starts.map(({ share }, i) => log(test.allocated * share) + (logs[i] ?? 0));
  const strongest = test.starts[bets.indexOf(max(...bets))];
  const unbet = log(test.reserve + test.allocated * unallocatedShare(test));
  return { logEvidence: logSum([...bets, unbet]), ...(strongest !== undefined && { strongest }), logs };
}

/** The test of the next stage, with the wealth at the end of the last. */
export function enterStage(logEvidence: number, samples: number, stage: number, stages: number): SequentialTest {
  const wealth = exp(min(logEvidence, MAX_LOG_EVIDENCE));
  const share = shareOfWealth(stage, stages);
  return {
    reserve: wealth * (1 - share),
    allocated: wealth * share,
    starts: [],
    samplesAtStage: samples,
    samplesAtLatestStart: samples,
  };
}

/** Most regressions show in the first stage; what remains must last for all stages that follow. */
const shareOfWealth = (stage: number, stages: number): number =>
  stage === 0 && stages > 1 ? 0.6 : 1 / max(1, stages - stage);

/** The first start of a stage, at its beginning; it can be added later, once the reference is known. */
export const startWithStage = (test: SequentialTest, beginning: Snapshot): SequentialTest => ({
  ...test,
  starts: [{ ...beginning, share: FIRST_START_SHARE }],
});

/** Whether the next start is due. */
export const isDue = ({ starts, samplesAtLatestStart }: SequentialTest, samples: number): boolean =>
  starts.length > 0 && samples - samplesAtLatestStart >= START_SPACING;

export function addStart(test: SequentialTest, logs: readonly number[], now: Snapshot): SequentialTest {
  const samplesAtLatestStart = now.candidate.samples;
  const share = unallocatedShare(test) - unallocatedShare({ ...test, samplesAtLatestStart });
  return { ...test, starts: withStart(test.starts, logs, { ...now, share }), samplesAtLatestStart };
}

/** The share of the stage's wealth that no start has yet; it never runs out, and falls slowly enough to matter late. */
function unallocatedShare({ starts, samplesAtStage, samplesAtLatestStart }: SequentialTest): number {
  if (starts.length === 0) return 1;
  return (1 - FIRST_START_SHARE) * (300 / (300 + samplesAtLatestStart - samplesAtStage)) ** 0.7;
}

function withStart(starts: readonly Start[], logs: readonly number[], start: Start): readonly Start[] {
  if (starts.length < MAX_STARTS) return [...starts, start];
  const values = starts.map(({ share }, i) => log(share) + (logs[i] ?? 0));
  const weakest = values.indexOf(min(...values));
  return [...starts.filter((_, i) => i !== weakest), start];
}
