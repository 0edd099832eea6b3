import { formatCount } from "../../core/format";
import type { GateEvidence } from "../gates/evidence";
import { judge, logLimits, readGate, ruleOf } from "../gates/judge";
import type { GateRule } from "../gates/rule";
import type { Observation } from "../observation";
import type { Pair } from "../pair";
import {
  addStart,
  enterStage as testForStage,
  isDue,
  NEW_TEST,
  startWithStage,
  type Reading,
  type SequentialTest,
  type Snapshot,
} from "../statistics/sequential-test";
import { accumulate, since, type Totals } from "../tally";
import { totalsOf, type GateMonitor, type MonitorRules } from "./gate-monitor";

/** The monitor after an observation, and the gate that failed, if any did. */
interface Evaluation {
  readonly monitor: GateMonitor;
  readonly regression?: Regression;
}

/** A gate that failed. */
export interface Regression {
  readonly gate: string;
  readonly summary: string;
}

/** Adds the counts of both tracks to the monitor without evaluating the gates. */
export function observe(
  rules: MonitorRules,
  names: Pair<string>,
  monitor: GateMonitor,
  { tracks }: Observation,
): GateMonitor {
  const metrics = rules.gates.filter((gate) => "metric" in gate);
  const candidate = tracks[names.candidate];
  const baseline = tracks[names.baseline];
  const { tallies } = monitor;
  return {
    ...monitor,
    tallies: {
      ...tallies,
      ...(candidate !== undefined && { candidate: accumulate(tallies.candidate, candidate, metrics) }),
      ...(baseline !== undefined && { baseline: accumulate(tallies.baseline, baseline, metrics) }),
    },
  };
}

/** Adds an observation and tests for a regression. Full verdicts cost more, so they are left to `evidenceOf`. */
export function evaluate(
  rules: MonitorRules,
  names: Pair<string>,
  before: GateMonitor,
  observation: Observation,
): Evaluation {
  const monitor = observe(rules, names, before, observation);
  const totals = totalsOf(monitor);
  const readings = readAll(rules, monitor, totals, (rule, test) => withFirstStart(rule, test, monitor, totals));
  if (readings.some(({ logEvidence, gate }) => logEvidence >= gate.logLimit)) {
    const regression = worstOf(judgeAll(names, monitor, readings, totals));
    if (regression !== undefined)
      return { monitor: { ...monitor, tests: byGate(readings, ({ test }) => test) }, regression };
  }
  return { monitor: { ...monitor, tests: byGate(readings, (reading) => withNextStart(reading, totals)) } };
}

function worstOf(evidence: readonly GateEvidence[]): GateEvidence | undefined {
  const excess = ({ logEvidence, logLimit }: GateEvidence): number => logEvidence - logLimit;
  return evidence.filter(({ verdict }) => verdict === "fail").sort((a, b) => excess(b) - excess(a))[0];
}

/** The state of each gate: its evidence of a regression against its limit, its verdict, and the figures behind them. */
export function evidenceOf(rules: MonitorRules, names: Pair<string>, monitor: GateMonitor): readonly GateEvidence[] {
  const totals = totalsOf(monitor);
  return judgeAll(names, monitor, readAll(rules, monitor, totals), totals);
}

/** The monitor for a stage, from 0, out of `stages`: samples count from zero, evidence of a regression is kept. */
export function enterStage(rules: MonitorRules, monitor: GateMonitor, stage: number, stages: number): GateMonitor {
  const totals = totalsOf(monitor);
  const tests = byGate(readAll(rules, monitor, totals), ({ gate: { rule }, logEvidence }) =>
    testForStage(logEvidence, rule.samples(totals.candidate), stage, stages),
  );
  return { ...monitor, stageStart: totals, tests };
}

/** Describes what the present stage still needs before it can end; empty when every gate passes. */
export function describeMissing(
  rules: MonitorRules,
  monitor: GateMonitor,
  evidence: readonly GateEvidence[],
): readonly string[] {
  const missing = evidence
    .filter(({ verdict }) => verdict !== "pass")
    .map(({ gate, summary }) => `${gate}: ${summary}`);
  const requests = totalsOf(monitor).candidate.requests - monitor.stageStart.candidate.requests;
  const needed = Math.max(1, rules.minimumSamples);
  return requests < needed
    ? [`${formatCount(Math.floor(requests))} of ${formatCount(needed)} requests`, ...missing]
    : missing;
}

/** A gate with what follows from its declaration. */
interface PreparedGate {
  readonly id: string;
  readonly rule: GateRule;
  readonly logLimit: number;
}

/** Rules do not change, so each is prepared once and not at every evaluation. */
const PREPARED = new WeakMap<MonitorRules, readonly PreparedGate[]>();

function preparedGates(rules: MonitorRules): readonly PreparedGate[] {
  const known = PREPARED.get(rules);
  if (known !== undefined) return known;
  const limits = logLimits(rules.gates, rules.falseAlarmRate);
  const gates = rules.gates.map((gate, i) => ({
    id: gate.id,
    rule: ruleOf(gate, rules.minimumSamples),
    logLimit: limits[i] ?? Infinity,
  }));
  PREPARED.set(rules, gates);
  return gates;
}

interface GateReading extends Reading {
  readonly gate: PreparedGate;
  readonly test: SequentialTest;
}

function readAll(
  rules: MonitorRules,
  monitor: GateMonitor,
  totals: Pair<Totals>,
  prepare: (rule: GateRule, test: SequentialTest) => SequentialTest = (_, test) => test,
): readonly GateReading[] {
  return preparedGates(rules).map((gate) => {
    const test = prepare(gate.rule, monitor.tests[gate.id] ?? NEW_TEST);
    return { gate, test, ...readGate(gate.rule, test, totals) };
  });
}

function judgeAll(
  names: Pair<string>,
  { stageStart }: GateMonitor,
  readings: readonly GateReading[],
  totals: Pair<Totals>,
): readonly GateEvidence[] {
  const inStage = {
    candidate: since(stageStart.candidate, totals.candidate),
    baseline: since(stageStart.baseline, totals.baseline),
  };
  return readings.map((reading) => {
    const { id, rule, logLimit } = reading.gate;
    return judge(rule, reading, logLimit, totals, inStage, { gate: id, baseline: names.baseline });
  });
}

/** A test that bets from the beginning of the stage, once its reference is known. */
function withFirstStart(
  rule: GateRule,
  test: SequentialTest,
  { stageStart }: GateMonitor,
  { baseline }: Pair<Totals>,
): SequentialTest {
  if (test.starts.length > 0) return test;
  const snapshot = snapshotOf(rule, stageStart, rule.reference(baseline));
  return snapshot === undefined ? test : startWithStage(test, snapshot);
}

/** A test with another start, where one is due. */
function withNextStart({ gate: { rule }, test, logs }: GateReading, totals: Pair<Totals>): SequentialTest {
  if (!isDue(test, rule.samples(totals.candidate))) return test;
  const snapshot = snapshotOf(rule, totals, rule.reference(totals.baseline));
  return snapshot === undefined ? test : addStart(test, logs, snapshot);
}

function snapshotOf(rule: GateRule, totals: Pair<Totals>, reference: number | undefined): Snapshot | undefined {
  if (reference === undefined) return undefined;
  const { candidate, baseline } = totals;
  return { reference, candidate: rule.loss(candidate, reference), baseline: rule.loss(baseline, reference) };
}

function byGate(
  readings: readonly GateReading[],
  testOf: (reading: GateReading) => SequentialTest,
): Readonly<Record<string, SequentialTest>> {
  return Object.fromEntries(readings.map((reading) => [reading.gate.id, testOf(reading)]));
}
