import { logSum } from "./mixture";
import type { Sums } from "./sums";

const { exp, log, max, min } = Math;

/**
 * A sequential test that finds harm whenever it begins. Evidence gathered since the rollout began would be diluted by
 * every honest request before the harm, so the test bets from many moments at once, like a purse of money: its worth is
 * 1 at the beginning, grows by bets that harm wins, and is evidence of harm by as much as it has grown, because nobody
 * can expect to gain by betting against an honest track.
 *
 * Each stage stakes a part of the purse: most of it on harm that begins with the stage, the rest on moments later on.
 * No bet outlives its stage, so that tracks are compared over a time in which they shared the traffic in one way.
 */
export interface SequentialTest {
  /** What this stage leaves for later ones, and what it bets, of a purse that began as 1. */
  readonly kept: number;
  readonly staked: number;
  readonly starts: readonly Start[];
  /** Samples of the track when the stage began, and at the latest start. */
  readonly beganAt: number;
  readonly startedAt: number;
}

/** A moment to bet from, with what had been counted until then. */
export interface Start {
  /** Share of the stage's stake. */
  readonly share: number;
  /** A number that the evidence needs fixed before the samples that it judges: see the gate's rule. */
  readonly reference: number;
  readonly track: Sums;
  readonly baseline: Sums;
}

/** A moment to start from. */
export type Moment = Omit<Start, "share">;

/** What the test tells at one look. */
export interface Reading {
  readonly logEvidence: number;
  /** The start that tells most, if there is any. */
  readonly strongest?: Start;
  /** Log evidence by start. */
  readonly logs: readonly number[];
}

/** Of a stage's stake, what is bet on its beginning. */
const onBeginning = 0.55;

/** Samples between two starts: harm that begins between them is diluted by half as many. */
const spacing = 16;

/** Starts kept; of more, the one that tells least is given up with its share. */
const mostStarts = 6;

/** Beyond any limit; a purse must stay a number. */
const mostLogEvidence = 40;

export const newTest: SequentialTest = { kept: 1, staked: 0, starts: [], beganAt: 0, startedAt: 0 };

export function readTest(test: SequentialTest, logEvidenceSince: (start: Start) => number): Reading {
  const logs = test.starts.map(logEvidenceSince);
  const bets = test.starts.map(({ share }, i) => log(test.staked * share) + (logs[i] ?? 0));
  const strongest = test.starts[bets.indexOf(max(...bets))];
  const atHand = log(test.kept + test.staked * shareLeft(test));
  return { logEvidence: logSum([...bets, atHand]), ...(strongest !== undefined && { strongest }), logs };
}

/** The test of the next stage, with the worth of the purse at the end of the last. */
export function enterStage(logEvidence: number, samples: number, stage: number, stages: number): SequentialTest {
  const purse = exp(min(logEvidence, mostLogEvidence));
  const part = partOf(stage, stages);
  return { kept: purse * (1 - part), staked: purse * part, starts: [], beganAt: samples, startedAt: samples };
}

/** The first stage is where most harm shows; the purse lasts for as many stages as follow. */
const partOf = (stage: number, stages: number): number =>
  stage === 0 && stages > 1 ? 0.6 : 1 / max(1, stages - stage);

/** The first start of a stage, at its beginning; it may come later, when what has to be fixed is known. */
export const startWithStage = (test: SequentialTest, beginning: Moment): SequentialTest => ({
  ...test,
  starts: [{ ...beginning, share: onBeginning }],
});

/** Whether it is time for another start. */
export const isDue = ({ starts, startedAt }: SequentialTest, samples: number): boolean =>
  starts.length > 0 && samples - startedAt >= spacing;

export function startAnew(test: SequentialTest, logs: readonly number[], now: Moment): SequentialTest {
  const startedAt = now.track.samples;
  const share = shareLeft(test) - shareLeft({ ...test, startedAt });
  return { ...test, starts: withStart(test.starts, logs, { ...now, share }), startedAt };
}

/** The share of the stake that no start has yet; it never runs out, and falls slowly enough to matter late. */
function shareLeft({ starts, beganAt, startedAt }: SequentialTest): number {
  return starts.length === 0 ? 1 : (1 - onBeginning) * (300 / (300 + startedAt - beganAt)) ** 0.7;
}

function withStart(starts: readonly Start[], logs: readonly number[], start: Start): readonly Start[] {
  if (starts.length < mostStarts) return [...starts, start];
  const worth = starts.map(({ share }, i) => log(share) + (logs[i] ?? 0));
  const weakest = worth.indexOf(min(...worth));
  return [...starts.filter((_, i) => i !== weakest), start];
}
