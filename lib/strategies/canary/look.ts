import type { Gate } from "../gate";
import type { GateEvidence } from "../gates/evidence";
import { judge, logLimits, read, ruleOf, type Counted } from "../gates/judge";
import type { GateRule } from "../gates/rule";
import type { Observation } from "../observation";
import {
  newTest,
  startRegularly,
  startWithStage,
  type Moment,
  type Reading,
  type SequentialTest,
} from "../statistics/sequential-test";
import { absorb, since, type Tally } from "../tally";
import type { CanaryPolicy } from "./policy";
import { totalsOf, type BothTracks, type CanaryState } from "./state";

/** Takes an observation into the state, and judges every gate by it. */
export function look(
  policy: CanaryPolicy,
  state: CanaryState,
  observation: Observation,
): { readonly state: CanaryState; readonly evidence: readonly GateEvidence[] } {
  const seen: CanaryState = {
    ...state,
    lookedAt: Number.isFinite(observation.at) ? Math.max(state.lookedAt, observation.at) : state.lookedAt,
    tallies: talliesAfter(policy, state.tallies, observation),
  };
  const counted = countedIn(seen);
  const readings = readAll(policy, seen, counted);
  const tests = moved(readings, (reading) => startRegularly(reading.test, reading.logs, momentOf(reading, counted)));
  return { state: { ...seen, tests }, evidence: judgeAll(policy, readings, counted) };
}

/** What each gate says of a state: its evidence of harm against its limit, its verdict, and the figures behind them. */
export function evidence(policy: CanaryPolicy, state: CanaryState): readonly GateEvidence[] {
  const counted = countedIn(state);
  return judgeAll(policy, readAll(policy, state, counted), counted);
}

/** The tests of a state that enters a stage: harm that comes with the new weight is looked for from here. */
export function testsForStage(policy: CanaryPolicy, state: CanaryState): CanaryState["tests"] {
  const counted = countedIn(state);
  return moved(readAll(policy, state, counted), (reading) =>
    startWithStage(reading.test, reading.logs, momentOf(reading, counted), policy.stages.length),
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
  return {
    track: canary,
    baseline: stable,
    trackInStage: since(state.stageBase.canary, canary),
    baselineInStage: since(state.stageBase.stable, stable),
  };
}

interface GateReading extends Reading {
  readonly gate: Gate;
  readonly rule: GateRule;
  readonly test: SequentialTest;
}

function readAll(policy: CanaryPolicy, state: CanaryState, counted: Counted): readonly GateReading[] {
  return policy.gates.map((gate) => {
    const rule = ruleOf(gate, policy.minimumSamples);
    const test = state.tests[gate.id] ?? newTest;
    return { gate, rule, test, ...read(rule, test, counted) };
  });
}

function judgeAll(policy: CanaryPolicy, readings: readonly GateReading[], counted: Counted): readonly GateEvidence[] {
  const limits = logLimits(policy.gates, policy.falseAlarmRate);
  return readings.map((reading, i) =>
    judge(reading.rule, reading, limits[i] ?? Infinity, counted, { gate: reading.gate.id, baseline: policy.stable }),
  );
}

/** The moment to start from now, or nothing while the test lacks what it must fix beforehand. */
function momentOf({ rule }: GateReading, { track, baseline }: Counted): Moment | undefined {
  const reference = rule.reference(baseline);
  return reference === undefined
    ? undefined
    : { reference, track: rule.harm(track, reference), baseline: rule.harm(baseline, reference) };
}

function moved(
  readings: readonly GateReading[],
  move: (reading: GateReading) => SequentialTest,
): Readonly<Record<string, SequentialTest>> {
  return Object.fromEntries(readings.map((reading) => [reading.gate.id, move(reading)]));
}
