import { logSum } from "./mixture";

const { exp, log, max, min } = Math;

/**
 * The wealth that a test bets with. It starts at 1 and grows by the bets that a regression wins. It is an e-value: nobody can
 * expect to gain by betting against a candidate without a regression, so wealth of 1/α has a probability of at most α
 * (Ville's inequality).
 */
export interface Wealth {
  /** Wealth that this stage leaves for later stages, and wealth that it bets. */
  readonly reserve: number;
  readonly allocated: number;
}

/** Where a stage and its latest starting point began, in samples of the candidate. */
export interface StageSamples {
  readonly hasBegun: boolean;
  readonly beganAt: number;
  readonly startedAt: number;
}

/** Share of a stage's wealth that is bet on a regression from the beginning of the stage. */
export const FIRST_START_SHARE = 0.75;

/** Share of the wealth that a stage bets if others follow. */
const STAGE_SHARE = 0.7;

/** Samples over which the share of later starts falls to about half. */
const DECAY_SAMPLES = 300;
const DECAY_POWER = 0.7;

/** Beyond any limit, and small enough for the wealth to stay finite. */
const MAX_LOG_EVIDENCE = 40;

export const NEW_WEALTH: Wealth = { reserve: 1, allocated: 0 };

/** Most of the wealth is bet at once, because most regressions show soon; what remains must last for all stages that follow. */
export function wealthOfStage(logEvidence: number, stage: number, stages: number): Wealth {
  const wealth = exp(min(logEvidence, MAX_LOG_EVIDENCE));
  const share = stage < stages - 1 ? STAGE_SHARE : 1;
  return { reserve: wealth * (1 - share), allocated: wealth * share };
}

/** The logarithm of a test's wealth, from the logarithm of what each group of bets has made of its share. */
export function logWealth({ reserve, allocated }: Wealth, logsOfBets: readonly number[], unallocated: number): number {
  const bets = logsOfBets.map((each) => log(allocated) + each);
  return logSum([...bets, log(reserve + allocated * unallocated)]);
}

/** The share of the stage's wealth that no start has yet; it never runs out, and falls slowly enough to matter late. */
export function unallocatedShare({ hasBegun, beganAt, startedAt }: StageSamples): number {
  if (!hasBegun) return 1;
  return (1 - FIRST_START_SHARE) * (DECAY_SAMPLES / (DECAY_SAMPLES + max(0, startedAt - beganAt))) ** DECAY_POWER;
}
