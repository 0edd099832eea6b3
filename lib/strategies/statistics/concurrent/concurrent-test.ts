import type { Bets } from "./bets";
import { dispersionFactor, NO_DISPERSION, withPair, type Dispersion } from "./dispersion";
import { NO_LOSS } from "../loss-moments";
import { blockSince, NO_BLOCK, type Block } from "./block";
import { firstStart, logOfMixture, NEW_LEDGER, settle, type Ledger } from "./ledger";
import { logWealth, NEW_WEALTH, unallocatedShare, wealthOfStage, type Wealth } from "../wealth";

/** The null hypotheses about a candidate. */
export interface Hypotheses {
  /** It is no worse than the baseline of the same time. */
  readonly equal: Bets;
  /** It is no worse than its margin allows. */
  readonly within: Bets;
}

/**
 * A sequential comparison of two tracks, block by block. A block closes when both tracks have enough samples, and at a change
 * of weights; the candidate is compared only with the baseline of the same block. Without a concurrent baseline there are no
 * blocks, and the evidence does not change. The open block counts too, so evaluations may follow every request or come every
 * 15 seconds.
 */
export interface ConcurrentTest {
  readonly equal: SideBet;
  readonly within: SideBet;
  /** The counts when the open block began. */
  readonly openedAt: Block;
  /** The block before the open one; missing at the beginning of a stage. */
  readonly previous?: Block;
  readonly dispersion: Dispersion;
  /** Whether the test of this stage has begun. */
  readonly hasBegun: boolean;
  /** Samples of the candidate when the stage began, and at the latest start. */
  readonly beganAt: number;
  readonly startedAt: number;
  /** Since when the candidate has been doing worse, for the message of a verdict. */
  readonly worseSince: { readonly counted: Block; readonly log: number };
}

/** The bets against one hypothesis. */
interface SideBet {
  readonly wealth: Wealth;
  readonly ledger: Ledger;
}

export interface ConcurrentReading {
  /** Log evidence that the candidate is worse than the baseline, and that it is worse than allowed. */
  readonly equal: number;
  readonly within: number;
  /** The dispersion of losses in the closed blocks. */
  readonly dispersion: number;
  /** The losses since the candidate has been doing worse. */
  readonly worst: Block;
}

/** Samples of each track that close a block: enough to estimate a dispersion, and few enough to follow changes in time. */
const BLOCK_SAMPLES = 10;

/**
 * Maximum log evidence of one block, so that no block decides alone. The counts of two tracks are seldom of exactly the same
 * time: each server is scraped at its own phase, so at the beginning of an incident the candidate's block may contain losses
 * that the baseline's counts show one scrape later.
 */
const MAX_LOG_FACTOR = 5;

const NEW_SIDE: SideBet = { wealth: NEW_WEALTH, ledger: NEW_LEDGER };

export const NEW_CONCURRENT_TEST: ConcurrentTest = {
  equal: NEW_SIDE,
  within: NEW_SIDE,
  openedAt: NO_BLOCK,
  dispersion: NO_DISPERSION,
  hasBegun: false,
  beganAt: 0,
  startedAt: 0,
  worseSince: { counted: NO_BLOCK, log: 0 },
};

/** The test with blocks that begin at some counts. */
export function openAt(test: ConcurrentTest, counted: Block): ConcurrentTest {
  return { ...test, openedAt: counted, worseSince: { counted, log: 0 } };
}

/** Updates the test with the counts of both tracks. */
export function update(test: ConcurrentTest, hypotheses: Hypotheses, counted: Block): ConcurrentTest {
  const begun = test.hasBegun ? test : begin(test, hypotheses);
  const block = blockSince(begun.openedAt, counted);
  if (block.candidate.samples < BLOCK_SAMPLES || block.baseline.samples < BLOCK_SAMPLES) return begun;
  return closeBlock(begun, hypotheses, block, counted);
}

/**
 * Reads the test against the baseline's whole history, for a stage in which the baseline has no traffic. No block closes in
 * such a stage, so the history counts once, as one block without a limit.
 */
export function readAgainstHistory(test: ConcurrentTest, hypotheses: Hypotheses, counted: Block): ConcurrentReading {
  const withHistory = (since: Block): Block => ({ ...since, baseline: NO_LOSS });
  const { worseSince } = test;
  const withoutControl: ConcurrentTest = {
    ...test,
    openedAt: withHistory(test.openedAt),
    worseSince: { ...worseSince, counted: withHistory(worseSince.counted) },
  };
  return readTest(withoutControl, hypotheses, counted, Infinity);
}

/** The test without the open block so far. */
export function discardOpenBlock({ previous: _, ...test }: ConcurrentTest, counted: Block): ConcurrentTest {
  return { ...test, openedAt: counted };
}

/** The test of the next stage, with the wealth and the dispersion of the stages before. */
export function enterStage(
  test: ConcurrentTest,
  { equal, within }: ConcurrentReading,
  { candidate: { samples } }: Block,
  stage: number,
  stages: number,
): ConcurrentTest {
  return {
    ...NEW_CONCURRENT_TEST,
    equal: { wealth: wealthOfStage(equal, stage, stages), ledger: NEW_LEDGER },
    within: { wealth: wealthOfStage(within, stage, stages), ledger: NEW_LEDGER },
    dispersion: test.dispersion,
    beganAt: samples,
    startedAt: samples,
  };
}

export function readTest(
  test: ConcurrentTest,
  hypotheses: Hypotheses,
  counted: Block,
  maxLogFactor = MAX_LOG_FACTOR,
): ConcurrentReading {
  const block = blockSince(test.openedAt, counted);
  const dispersion = dispersionFactor(dispersionNow(test, block));
  const unallocated = unallocatedShare(test);
  const read = (key: "equal" | "within"): number => {
    const { wealth, ledger } = test[key];
    if (!test.hasBegun) return logWealth(wealth, [], 1);
    const { logShares, logFactors } = hypotheses[key];
    return logWealth(
      wealth,
      [logOfMixture(ledger, logShares, limited(logFactors(block), maxLogFactor), dispersion)],
      unallocated,
    );
  };
  return {
    equal: read("equal"),
    within: read("within"),
    dispersion: dispersionFactor(test.dispersion),
    worst: blockSince(test.worseSince.counted, counted),
  };
}

/** The dispersion including the open block, once it has as many samples as the others. */
function dispersionNow({ previous, dispersion }: ConcurrentTest, open: Block): Dispersion {
  const isComparable = previous !== undefined && open.candidate.samples >= BLOCK_SAMPLES;
  return isComparable ? withPairs(dispersion, previous, open) : dispersion;
}

function withPairs(dispersion: Dispersion, a: Block, b: Block): Dispersion {
  return withPair(withPair(dispersion, a.baseline, b.baseline), a.candidate, b.candidate);
}

const limited = (logFactors: readonly number[], maximum = MAX_LOG_FACTOR): readonly number[] =>
  logFactors.map((factor) => Math.min(factor, maximum));

/** Adds the first start of a stage, at its beginning. */
function begin(test: ConcurrentTest, { equal, within }: Hypotheses): ConcurrentTest {
  const share = 1 - unallocatedShare({ ...test, hasBegun: true });
  return {
    ...test,
    hasBegun: true,
    equal: { ...test.equal, ledger: firstStart(equal.logShares.length, share) },
    within: { ...test.within, ledger: firstStart(within.logShares.length, share) },
  };
}

/** Adds a block to the evidence, and a start at its end. */
function closeBlock(test: ConcurrentTest, hypotheses: Hypotheses, block: Block, counted: Block): ConcurrentTest {
  const startedAt = counted.candidate.samples;
  const share = unallocatedShare(test) - unallocatedShare({ ...test, startedAt });
  const factors = {
    equal: limited(hypotheses.equal.logFactors(block)),
    within: limited(hypotheses.within.logFactors(block)),
  };
  const settled = (key: "equal" | "within"): SideBet => ({
    wealth: test[key].wealth,
    ledger: settle(test[key].ledger, factors[key], share),
  });
  const log = test.worseSince.log + (factors.equal[0] ?? 0);
  return {
    ...test,
    equal: settled("equal"),
    within: settled("within"),
    openedAt: counted,
    previous: block,
    dispersion: test.previous === undefined ? test.dispersion : withPairs(test.dispersion, test.previous, block),
    startedAt,
    worseSince: log > 0 ? { ...test.worseSince, log } : { counted, log: 0 },
  };
}
