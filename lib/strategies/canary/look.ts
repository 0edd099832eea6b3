import type { GateEvidence } from "../gates/evidence";
import { judge, logLimits, read, ruleOf, type Counted } from "../gates/judge";
import type { GateRule } from "../gates/rule";
import type { Observation } from "../observation";
import {
  enterStage,
  isDue,
  newTest,
  startAnew,
  startWithStage,
  type Moment,
  type Reading,
  type SequentialTest,
} from "../statistics/sequential-test";
import { absorb, since, type Tally } from "../tally";
import type { CanaryPolicy } from "./policy";
import { totalsOf, type BothTracks, type CanaryState } from "./state";

/** A state with an observation in it, and the gate that found harm by it, if any did. */
export interface Look {
  readonly state: CanaryState;
  readonly harm?: { readonly gate: string; readonly summary: string };
}

/** Takes an observation into the state. The rest of a verdict is worth its time only when a stage could be left. */
export function look(policy: CanaryPolicy, state: CanaryState, observation: Observation): Look {
  const seen: CanaryState = {
    ...state,
    lookedAt: Number.isFinite(observation.at) ? Math.max(state.lookedAt, observation.at) : state.lookedAt,
    tallies: talliesAfter(policy, state.tallies, observation),
  };
  if (seen.stage < 0) return { state: seen };
  const counted = countedIn(seen);
  const readings = readAll(policy, seen, counted, (rule, test) => opened(rule, test, seen, counted));
  if (readings.some(({ logEvidence, prepared }) => logEvidence >= prepared.logLimit)) {
    const harm = worst(judgeAll(policy, seen, readings, counted));
    if (harm !== undefined) return { state: { ...seen, tests: byGate(readings, ({ test }) => test) }, harm };
  }
  return { state: { ...seen, tests: byGate(readings, (reading) => withNextStart(reading, counted)) } };
}

function worst(evidence: readonly GateEvidence[]): GateEvidence | undefined {
  const beyond = ({ logEvidence, logLimit }: GateEvidence): number => logEvidence - logLimit;
  return evidence.filter(({ verdict }) => verdict === "fail").sort((a, b) => beyond(b) - beyond(a))[0];
}

/** What each gate says of a state: its evidence of harm against its limit, its verdict, and the figures behind them. */
export function evidence(policy: CanaryPolicy, state: CanaryState): readonly GateEvidence[] {
  const counted = countedIn(state);
  return judgeAll(policy, state, readAll(policy, state, counted), counted);
}

/** The tests of a state that enters a stage. */
export function testsForStage(policy: CanaryPolicy, state: CanaryState, stage: number): CanaryState["tests"] {
  const counted = countedIn(state);
  return byGate(readAll(policy, state, counted), ({ prepared: { rule }, logEvidence }) =>
    enterStage(logEvidence, rule.samples(counted.track), stage, policy.stages.length),
  );
}

function talliesAfter(
  policy: CanaryPolicy,
  tallies: Partial<BothTracks<Tally>>,
  { tracks }: Observation,
): Partial<BothTracks<Tally>> {
  const metrics = policy.gates.flatMap((gate) => (gate.kind === "metric-comparison" ? [gate.metric] : []));
  const canary = tracks[policy.canary];
  const stable = tracks[policy.stable];
  return {
    ...tallies,
    ...(canary !== undefined && { canary: absorb(tallies.canary, canary, metrics) }),
    ...(stable !== undefined && { stable: absorb(tallies.stable, stable, metrics) }),
  };
}

function countedIn(state: CanaryState): Counted {
  const { canary, stable } = totalsOf(state);
  return { track: canary, baseline: stable };
}

const countedInStage = ({ stageBase }: CanaryState, { track, baseline }: Counted): Counted => ({
  track: since(stageBase.canary, track),
  baseline: since(stageBase.stable, baseline),
});

/** What follows from a gate alone. */
interface PreparedGate {
  readonly id: string;
  readonly rule: GateRule;
  readonly logLimit: number;
}

/** Policies do not change, so each is prepared once and not at every look. */
const preparedPolicies = new WeakMap<CanaryPolicy, readonly PreparedGate[]>();

function preparedGates(policy: CanaryPolicy): readonly PreparedGate[] {
  const known = preparedPolicies.get(policy);
  if (known !== undefined) return known;
  const limits = logLimits(policy.gates, policy.falseAlarmRate);
  const prepared = policy.gates.map((gate, i) => ({
    id: gate.id,
    rule: ruleOf(gate, policy.minimumSamples),
    logLimit: limits[i] ?? Infinity,
  }));
  preparedPolicies.set(policy, prepared);
  return prepared;
}

interface GateReading extends Reading {
  readonly prepared: PreparedGate;
  readonly test: SequentialTest;
}

function readAll(
  policy: CanaryPolicy,
  state: CanaryState,
  counted: Counted,
  withBeginning: (rule: GateRule, test: SequentialTest) => SequentialTest = (_, test) => test,
): readonly GateReading[] {
  return preparedGates(policy).map((prepared) => {
    const test = withBeginning(prepared.rule, state.tests[prepared.id] ?? newTest);
    return { prepared, test, ...read(prepared.rule, test, counted) };
  });
}

function judgeAll(
  policy: CanaryPolicy,
  state: CanaryState,
  readings: readonly GateReading[],
  counted: Counted,
): readonly GateEvidence[] {
  const inStage = countedInStage(state, counted);
  return readings.map((reading) => {
    const { id, rule, logLimit } = reading.prepared;
    return judge(rule, reading, logLimit, counted, inStage, { gate: id, baseline: policy.stable });
  });
}

/** A test that bets from the beginning of the stage, once what it has to fix is known. */
function opened(
  rule: GateRule,
  test: SequentialTest,
  { stageBase }: CanaryState,
  { baseline }: Counted,
): SequentialTest {
  if (test.starts.length > 0) return test;
  const moment = momentOf(rule, { track: stageBase.canary, baseline: stageBase.stable }, rule.reference(baseline));
  return moment === undefined ? test : startWithStage(test, moment);
}

/** A test with another start, where one is due. */
function withNextStart({ prepared: { rule }, test, logs }: GateReading, counted: Counted): SequentialTest {
  if (!isDue(test, rule.samples(counted.track))) return test;
  const moment = momentOf(rule, counted, rule.reference(counted.baseline));
  return moment === undefined ? test : startAnew(test, logs, moment);
}

function momentOf(rule: GateRule, { track, baseline }: Counted, reference: number | undefined): Moment | undefined {
  if (reference === undefined) return undefined;
  return { reference, track: rule.harm(track, reference), baseline: rule.harm(baseline, reference) };
}

function byGate(
  readings: readonly GateReading[],
  testOf: (reading: GateReading) => SequentialTest,
): Readonly<Record<string, SequentialTest>> {
  return Object.fromEntries(readings.map((reading) => [reading.prepared.id, testOf(reading)]));
}
