import type { Gate } from "../gate";
import {
  concurrentComparisonsOf,
  NO_REFERENCE,
  type ComparisonReading,
  type ConcurrentComparison,
  type Reference,
} from "../gates/concurrent-comparisons";
import type { Pair } from "../pair";
import {
  discardOpenBlock,
  enterStage,
  NEW_CONCURRENT_TEST,
  openAt,
  readAgainstHistory,
  readTest,
  update,
  type ConcurrentReading,
  type ConcurrentTest,
} from "../statistics/concurrent/concurrent-test";
import { logSum } from "../statistics/mixture";
import type { Totals } from "../tally";

/** The state of one comparison. */
interface ComparisonState {
  /** Fixed for a stage, once it is known. */
  readonly reference?: Reference;
  readonly test: ConcurrentTest;
}

/** The comparisons of each gate, by gate id. */
export type ComparisonStates = Readonly<Record<string, readonly ComparisonState[]>>;

const NEW_STATE: ComparisonState = { test: NEW_CONCURRENT_TEST };

/** Gates do not change, so their comparisons are made once and not at every evaluation. */
const COMPARISONS = new WeakMap<Gate, readonly ConcurrentComparison[]>();

function comparisonsOf(gate: Gate): readonly ConcurrentComparison[] {
  const known = COMPARISONS.get(gate) ?? concurrentComparisonsOf(gate);
  COMPARISONS.set(gate, known);
  return known;
}

/** Updates the comparisons with the totals of both tracks. While the candidate warms up, its latency does not count. */
export function updateComparisons(
  gates: readonly Gate[],
  states: ComparisonStates,
  stageStart: Pair<Totals>,
  totalsFor: (gate: Gate) => Pair<Totals>,
  isWarmingUp: boolean,
): ComparisonStates {
  return mapComparisons(gates, states, (comparison, state, gate) => {
    const totals = totalsFor(gate);
    const known = state.reference === undefined ? withReference(comparison, state, stageStart, totals) : state;
    const { reference, test } = known;
    if (reference === undefined) return known;
    const losses = comparison.losses(totals, reference);
    if (isWarmingUp && comparison.judgesLatency) return { reference, test: discardOpenBlock(test, losses) };
    const updated = update(test, comparison.hypotheses(reference), losses);
    // Between two blocks there are no open bets, so the reference may change.
    const isBetweenBlocks = updated.openedAt !== test.openedAt;
    return { reference: isBetweenBlocks ? comparison.refresh(reference, totals.baseline) : reference, test: updated };
  });
}

/** The comparisons without their open blocks, of which one track has lost a part. */
export function discardOpenBlocks(
  gates: readonly Gate[],
  states: ComparisonStates,
  totals: Pair<Totals>,
): ComparisonStates {
  return mapComparisons(gates, states, (comparison, state) => {
    const { reference, test } = state;
    return reference === undefined
      ? state
      : { reference, test: discardOpenBlock(test, comparison.losses(totals, reference)) };
  });
}

/** The comparisons of a stage, from 0, out of `stages`. Each reference is chosen anew, from the baseline's whole history. */
export function enterStageOfComparisons(
  gates: readonly Gate[],
  states: ComparisonStates,
  totals: Pair<Totals>,
  stage: number,
  stages: number,
): ComparisonStates {
  return mapComparisons(gates, states, (comparison, state) => {
    const losses = comparison.losses(totals, state.reference ?? NO_REFERENCE);
    const reading = read(comparison, state, totals, false);
    const entered = enterStage(state.test, reading, losses, stage, stages);
    return withReference(comparison, { test: entered }, totals, totals);
  });
}

/** Fixes the reference if it is known now, for the test from the start of the stage on. */
function withReference(
  comparison: ConcurrentComparison,
  { test }: ComparisonState,
  stageStart: Pair<Totals>,
  totals: Pair<Totals>,
): ComparisonState {
  const reference = comparison.reference(totals.baseline);
  if (reference === undefined) return { test };
  return { reference, test: openAt(test, comparison.losses(stageStart, reference)) };
}

/**
 * What the comparisons of a gate say together; undefined for a gate without comparisons. Where the baseline has no samples in
 * this stage, its history can stand in for it.
 */
export function readComparisons(
  gate: Gate,
  states: ComparisonStates,
  totals: Pair<Totals>,
  mayUseHistory: boolean,
): ComparisonReading | undefined {
  const readings = comparisonsOf(gate).map((comparison, i) => {
    const state = states[gate.id]?.[i] ?? NEW_STATE;
    const { reference = NO_REFERENCE } = state;
    return { share: comparison.share, reference, ...read(comparison, state, totals, mayUseHistory) };
  });
  const [strongest] = [...readings].sort((a, b) => b.equal - a.equal);
  if (strongest === undefined) return undefined;
  const together = (key: "equal" | "within"): number =>
    logSum(readings.map((reading) => Math.log(reading.share) + reading[key]));
  const { dispersion, reference, worst, isAgainstHistory } = strongest;
  return { equal: together("equal"), within: together("within"), dispersion, reference, worst, isAgainstHistory };
}

function read(
  comparison: ConcurrentComparison,
  { reference, test }: ComparisonState,
  totals: Pair<Totals>,
  mayUseHistory: boolean,
): ConcurrentReading & Pick<ComparisonReading, "isAgainstHistory"> {
  // A comparison that has not begun keeps its share of the wealth.
  if (reference === undefined)
    return { ...readTest(test, comparison.hypotheses(NO_REFERENCE), test.openedAt), isAgainstHistory: false };
  const losses = comparison.losses(totals, reference);
  const isAgainstHistory = mayUseHistory && comparison.usesHistory;
  const readFrom = isAgainstHistory ? readAgainstHistory : readTest;
  return { ...readFrom(test, comparison.hypotheses(reference), losses), isAgainstHistory };
}

function mapComparisons(
  gates: readonly Gate[],
  states: ComparisonStates,
  next: (comparison: ConcurrentComparison, state: ComparisonState, gate: Gate) => ComparisonState,
): ComparisonStates {
  return Object.fromEntries(
    gates.map((gate) => [
      gate.id,
      comparisonsOf(gate).map((comparison, i) => next(comparison, states[gate.id]?.[i] ?? NEW_STATE, gate)),
    ]),
  );
}
