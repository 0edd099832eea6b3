import type { GateEvidence } from "../gates/evidence";
import { judge, logLimits, read, ruleOf, type Counted } from "../gates/judge";
import type { GateRule } from "../gates/rule";
import type { Observation } from "../observation";
import {
  enterStage as testOfStage,
  isDue,
  newTest,
  startAnew,
  startWithStage,
  type Moment,
  type Reading,
  type SequentialTest,
} from "../statistics/sequential-test";
import { absorb, since } from "../tally";
import { totalsOf, type Pair, type Watch, type WatchRules } from "./watch";

/** A watch with an observation in it, and the gate that found harm by it, if any did. */
export interface Look {
  readonly watch: Watch;
  readonly harm?: Harm;
}

/** A gate that failed. */
export interface Harm {
  readonly gate: string;
  readonly summary: string;
}

/** Takes the counts of both tracks into the watch, without judging them. */
export function observe(rules: WatchRules, names: Pair<string>, watch: Watch, { tracks }: Observation): Watch {
  const metrics = rules.gates.flatMap((gate) => ("metric" in gate ? [gate.metric] : []));
  const trial = tracks[names.trial];
  const baseline = tracks[names.baseline];
  return {
    ...watch,
    tallies: {
      ...watch.tallies,
      ...(trial !== undefined && { trial: absorb(watch.tallies.trial, trial, metrics) }),
      ...(baseline !== undefined && { baseline: absorb(watch.tallies.baseline, baseline, metrics) }),
    },
  };
}

/** Takes an observation into the watch and looks for harm. The rest of a verdict is worth its time only when a stage could be left. */
export function look(rules: WatchRules, names: Pair<string>, before: Watch, observation: Observation): Look {
  const watch = observe(rules, names, before, observation);
  const counted = countedIn(watch);
  const readings = readAll(rules, watch, counted, (rule, test) => opened(rule, test, watch, counted));
  if (readings.some(({ logEvidence, prepared }) => logEvidence >= prepared.logLimit)) {
    const harm = worst(judgeAll(names, watch, readings, counted));
    if (harm !== undefined) return { watch: { ...watch, tests: byGate(readings, ({ test }) => test) }, harm };
  }
  return { watch: { ...watch, tests: byGate(readings, (reading) => withNextStart(reading, counted)) } };
}

function worst(evidence: readonly GateEvidence[]): GateEvidence | undefined {
  const beyond = ({ logEvidence, logLimit }: GateEvidence): number => logEvidence - logLimit;
  return evidence.filter(({ verdict }) => verdict === "fail").sort((a, b) => beyond(b) - beyond(a))[0];
}

/** What each gate says: its evidence of harm against its limit, its verdict, and the figures behind them. */
export function evidenceOf(rules: WatchRules, names: Pair<string>, watch: Watch): readonly GateEvidence[] {
  const counted = countedIn(watch);
  return judgeAll(names, watch, readAll(rules, watch, counted), counted);
}

/** The watch of a stage, from 0, of so many: what passes is what is counted from now on; what was found of harm is kept. */
export function enterStage(rules: WatchRules, watch: Watch, stage: number, stages: number): Watch {
  const counted = countedIn(watch);
  const tests = byGate(readAll(rules, watch, counted), ({ prepared: { rule }, logEvidence }) =>
    testOfStage(logEvidence, rule.samples(counted.track), stage, stages),
  );
  return { ...watch, base: totalsOf(watch), tests };
}

/** What the present stage lacks before it can be left, in words; nothing when every gate passes. */
export function whatIsLacking(rules: WatchRules, watch: Watch, evidence: readonly GateEvidence[]): string[] {
  const lacking = evidence
    .filter(({ verdict }) => verdict !== "pass")
    .map(({ gate, summary }) => `${gate}: ${summary}`);
  const requests = totalsOf(watch).trial.requests - watch.base.trial.requests;
  const needed = Math.max(1, rules.minimumSamples);
  return requests < needed ? [`${Math.floor(requests)} of ${needed} requests`, ...lacking] : lacking;
}

function countedIn(watch: Watch): Counted {
  const { trial, baseline } = totalsOf(watch);
  return { track: trial, baseline };
}

const countedInStage = ({ base }: Watch, { track, baseline }: Counted): Counted => ({
  track: since(base.trial, track),
  baseline: since(base.baseline, baseline),
});

/** What follows from a gate alone. */
interface PreparedGate {
  readonly id: string;
  readonly rule: GateRule;
  readonly logLimit: number;
}

/** Rules do not change, so each is prepared once and not at every look. */
const prepared = new WeakMap<WatchRules, readonly PreparedGate[]>();

function preparedGates(rules: WatchRules): readonly PreparedGate[] {
  const known = prepared.get(rules);
  if (known !== undefined) return known;
  const limits = logLimits(rules.gates, rules.falseAlarmRate);
  const gates = rules.gates.map((gate, i) => ({
    id: gate.id,
    rule: ruleOf(gate, rules.minimumSamples),
    logLimit: limits[i] ?? Infinity,
  }));
  prepared.set(rules, gates);
  return gates;
}

interface GateReading extends Reading {
  readonly prepared: PreparedGate;
  readonly test: SequentialTest;
}

function readAll(
  rules: WatchRules,
  watch: Watch,
  counted: Counted,
  withBeginning: (rule: GateRule, test: SequentialTest) => SequentialTest = (_, test) => test,
): readonly GateReading[] {
  return preparedGates(rules).map((gate) => {
    const test = withBeginning(gate.rule, watch.tests[gate.id] ?? newTest);
    return { prepared: gate, test, ...read(gate.rule, test, counted) };
  });
}

function judgeAll(
  names: Pair<string>,
  watch: Watch,
  readings: readonly GateReading[],
  counted: Counted,
): readonly GateEvidence[] {
  const inStage = countedInStage(watch, counted);
  return readings.map((reading) => {
    const { id, rule, logLimit } = reading.prepared;
    return judge(rule, reading, logLimit, counted, inStage, { gate: id, baseline: names.baseline });
  });
}

/** A test that bets from the beginning of the stage, once what it has to fix is known. */
function opened(rule: GateRule, test: SequentialTest, { base }: Watch, { baseline }: Counted): SequentialTest {
  if (test.starts.length > 0) return test;
  const moment = momentOf(rule, { track: base.trial, baseline: base.baseline }, rule.reference(baseline));
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
