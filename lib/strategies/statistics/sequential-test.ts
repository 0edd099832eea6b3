import { logSum } from "./mixture";
import type { Sums } from "./sums";

/**
 * A sequential test that finds harm whenever it begins. Evidence gathered since the rollout began would be diluted by
 * every honest request before the harm, so the test bets from many starting moments at once: each start holds a share
 * of the stake, fixed before its samples are seen, and all shares together make at most 1. The total is then evidence
 * of the same kind as each part.
 */
export interface SequentialTest {
  readonly starts: readonly Start[];
  /** Samples of the track when the latest regular start was made. */
  readonly startedAt: number;
}

/** A moment to bet from, with what had been counted until then. */
export interface Start {
  /** Share of the stake. */
  readonly share: number;
  /** A number that the evidence needs fixed before the samples that it judges: see the gate's rule. */
  readonly reference: number;
  readonly track: Sums;
  readonly baseline: Sums;
}

/** What the starts tell at one look. */
export interface Reading {
  readonly logEvidence: number;
  /** The start that tells most, if there is any. */
  readonly strongest?: Start;
  /** Log evidence by start. */
  readonly logs: readonly number[];
}

/** Shares of the stake: on the beginning, on the beginnings of later stages, and on moments in between. */
const stake = { beginning: 0.35, stages: 0.3, between: 0.35 };

/** Samples between two regular starts: harm that begins between them is diluted by half as many. */
const spacing = 16;

/** Starts kept; of more, the one that tells least is given up with its share. */
const mostStarts = 6;

export const newTest: SequentialTest = { starts: [], startedAt: 0 };

export function readTest(test: SequentialTest, logEvidenceSince: (start: Start) => number): Reading {
  const logs = test.starts.map(logEvidenceSince);
  const staked = test.starts.map(({ share }, i) => Math.log(share) + (logs[i] ?? 0));
  const atHand = Math.log(Math.max(0, 1 - test.starts.reduce((sum, { share }) => sum + share, 0)));
  const strongest = test.starts[staked.indexOf(Math.max(...staked))];
  return { logEvidence: logSum([...staked, atHand]), ...(strongest !== undefined && { strongest }), logs };
}

/** A moment to start from. */
export type Moment = Omit<Start, "share">;

/** Whether it is time to start anew: at the beginning, and regularly after it. */
export const isDue = ({ starts, startedAt }: SequentialTest, samples: number): boolean =>
  starts.length === 0 || samples - startedAt >= spacing;

/** Starts regularly: at the beginning, then with what is left of the stake for the samples in between. */
export function startRegularly(test: SequentialTest, logs: readonly number[], now: Moment | undefined): SequentialTest {
  if (now === undefined) return test;
  const { samples } = now.track;
  if (test.starts.length === 0) return { starts: [{ ...now, share: stake.beginning }], startedAt: samples };
  const share = stakeLeft(test.startedAt) - stakeLeft(samples);
  return { starts: withStart(test.starts, logs, { ...now, share }), startedAt: samples };
}

/** Starts anew at a change of weights, the likeliest moment for harm to begin. */
export function startWithStage(
  test: SequentialTest,
  logs: readonly number[],
  now: Moment | undefined,
  stages: number,
): SequentialTest {
  if (now === undefined || test.starts.length === 0) return test;
  return { ...test, starts: withStart(test.starts, logs, { ...now, share: stake.stages / Math.max(1, stages - 1) }) };
}

/** What is left for moments after so many samples; it never runs out, and falls slowly enough to matter late. */
const stakeLeft = (samples: number): number => stake.between * (300 / (300 + samples)) ** 0.7;

function withStart(starts: readonly Start[], logs: readonly number[], start: Start): readonly Start[] {
  if (starts.length < mostStarts) return [...starts, start];
  const strength = starts.map(({ share }, i) => Math.log(share) + (logs[i] ?? 0));
  const weakest = strength.indexOf(Math.min(...strength));
  return [...starts.filter((_, i) => i !== weakest), start];
}
