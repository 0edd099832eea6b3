import { formatCount } from "../../core/format";
import type { Gate } from "../gate";
import { worstFailure, type GateEvidence } from "../gates/evidence";
import {
  hasConcurrentBaseline,
  judge,
  logEvidenceOf,
  logLimits,
  readObjective,
  ruleOf,
  type GateSigns,
} from "../gates/judge";
import type { GateRule } from "../gates/rule";
import type { Observation } from "../observation";
import type { Pair } from "../pair";
import {
  addStart,
  enterStage as testForStage,
  isDue,
  NEW_TEST,
  startWithStage,
  type SequentialTest,
} from "../statistics/sequential-test";
import { plus, since, type Totals } from "../tally";
import { discardOpenBlocks, enterStageOfComparisons, readComparisons, updateComparisons } from "./comparison-states";
import { describeStaleness, freshFrom } from "./freshness";
import { hasControlFor, totalsOf, type GateMonitor, type MonitorRules } from "./gate-monitor";
import { isLargeDifference } from "./large-difference";
import { observe } from "./observe";
import { healthFrom, updateHealth, type EndedIncident } from "./service-health";

/** The monitor after an observation, the gate that failed, and the incident that ended, if there are any. */
interface Evaluation {
  readonly monitor: GateMonitor;
  readonly regression?: Regression;
  readonly ended?: EndedIncident;
}

/** A gate that failed. */
export interface Regression {
  readonly gate: string;
  readonly summary: string;
  /** Whether the candidate is a little worse than the baseline was before: something else may have changed since. */
  readonly mayBeDrift: boolean;
}

/**
 * Seconds with complete counts after which a baseline without samples has no traffic, although it should have some: longer than
 * a restarted server or a lagging Prometheus keeps one track from being read.
 */
const ALONE_AFTER_SECONDS = 300;

/**
 * Adds an observation and looks for a regression. Full verdicts cost more, so they are left to `evidenceOf`. Nothing is judged
 * while one track cannot be read: an incident would show on the other track alone.
 */
export function evaluate(
  rules: MonitorRules,
  names: Pair<string>,
  before: GateMonitor,
  observation: Observation,
): Evaluation {
  const { monitor: observed, isPaired, hasLostCounts } = observe(rules, names, before, observation);
  const complete = hasLostCounts ? withoutOpenBlocks(rules, observed) : observed;
  if (!isPaired) return { monitor: { ...complete, completeSince: complete.observedAt } };
  const { monitor, ended } = withHealth(rules, withComparisons(rules, complete));
  const totals = totalsOf(monitor);
  const readings = readAll(rules, monitor, totals, (rule, test) => withFirstStart(rule, test, monitor));
  const regression = findRegression(names, monitor, readings, totals);
  const testAfter = (reading: GateReading): SequentialTest =>
    regression === undefined ? withNextStart(reading, totals) : reading.test;
  return {
    monitor: { ...monitor, tests: byGate(readings, testAfter) },
    ...(regression !== undefined && { regression }),
    ...(ended !== undefined && { ended }),
  };
}

const withoutOpenBlocks = ({ gates }: MonitorRules, monitor: GateMonitor): GateMonitor => ({
  ...monitor,
  completeSince: monitor.observedAt,
  comparisons: discardOpenBlocks(gates, monitor.comparisons, totalsOf(monitor)),
});

/** Updates the comparisons. The latency of a candidate that warms up does not count for the stage either. */
function withComparisons({ gates }: MonitorRules, monitor: GateMonitor): GateMonitor {
  const isWarmingUp = monitor.observedAt < monitor.warmUntil;
  const { stageStart } = monitor;
  const totals = totalsOf(monitor);
  const withoutControl = { candidate: totals.candidate, baseline: stageStart.baseline };
  const totalsFor = (gate: Gate): Pair<Totals> => (hasControlFor(gate, monitor) ? totals : withoutControl);
  const comparisons = updateComparisons(gates, monitor.comparisons, stageStart, totalsFor, isWarmingUp);
  if (!isWarmingUp) return { ...monitor, comparisons };
  const candidate = { ...stageStart.candidate, latency: totals.candidate.latency };
  return { ...monitor, comparisons, stageStart: { ...stageStart, candidate } };
}

/** Updates the health of the service. What was counted while it was unwell does not count for the stage. */
function withHealth({ gates }: MonitorRules, monitor: GateMonitor): Evaluation {
  const now = { at: monitor.observedAt, ...totalsOf(monitor) };
  const { health, ended } = updateHealth(gates, monitor.health, now);
  if (ended === undefined) return { monitor: { ...monitor, health } };
  const { incident, until } = ended;
  const exclude = (role: keyof Pair<Totals>): Totals =>
    plus(monitor.stageStart[role], since(incident.from[role], until[role]));
  const stageStart = { candidate: exclude("candidate"), baseline: exclude("baseline") };
  return { monitor: { ...monitor, health, stageStart }, ended };
}

function findRegression(
  names: Pair<string>,
  monitor: GateMonitor,
  readings: readonly GateReading[],
  totals: Pair<Totals>,
): Regression | undefined {
  const hasEvidence = readings.some((reading) => logEvidenceOf(reading.gate.rule, reading) >= reading.logLimit);
  if (!hasEvidence) return undefined;
  const worst = worstFailure(judgeAll(names, monitor, readings, totals));
  if (worst === undefined) return undefined;
  const { comparison } = readings.find(({ gate }) => gate.gate.id === worst.gate) ?? {};
  const mayBeDrift = comparison !== undefined && comparison.isAgainstHistory && !isLargeDifference(comparison.worst);
  return { gate: worst.gate, summary: worst.summary, mayBeDrift };
}

/** The state of each gate: its evidence of a regression against its limit, its verdict, and the figures behind them. */
export function evidenceOf(rules: MonitorRules, names: Pair<string>, monitor: GateMonitor): readonly GateEvidence[] {
  const totals = totalsOf(monitor);
  return judgeAll(names, monitor, readAll(rules, monitor, totals), totals);
}

/** A stage, from 0, and whether the baseline serves or mirrors requests in it. */
export interface MonitoredStage {
  readonly stage: number;
  readonly stages: number;
  readonly hasControl: boolean;
  /** Whether the baseline's requests get feedback: mirrored requests get none. By default they do where there are any. */
  readonly hasFeedback?: boolean;
}

/** The monitor for a stage: samples count from zero, evidence of a regression is kept. */
export function enterStage(
  rules: MonitorRules,
  monitor: GateMonitor,
  { stage, stages, hasControl, hasFeedback = hasControl }: MonitoredStage,
): GateMonitor {
  const totals = totalsOf(monitor);
  const tests = byGate(readAll(rules, monitor, totals), (reading) =>
    testForStage(evidenceToKeep(reading), reading.gate.rule.samples(totals.candidate), stage, stages),
  );
  return {
    ...enterHold(monitor),
    stageStart: totals,
    completeSince: monitor.observedAt,
    hasControl,
    hasFeedback,
    ignoresHistory: false,
    tests,
    comparisons: enterStageOfComparisons(rules.gates, monitor.comparisons, totals, stage, stages),
    warmUntil: monitor.observedAt + (rules.warmUpSeconds ?? 0),
    health: healthFrom({ at: monitor.observedAt, ...totals }),
  };
}

/** Of the evidence against an objective, the next stage keeps only what is not due to the service as a whole. */
function evidenceToKeep({ reading, comparison, isAlone }: GateReading): number {
  return isAlone ? reading.logEvidence : Math.min(reading.logEvidence, comparison?.equal ?? Infinity);
}

/** The monitor for another hold time of the same stage, which needs samples of its own. */
export function enterHold(monitor: GateMonitor): GateMonitor {
  const fresh = freshFrom(monitor.observedAt);
  return { ...monitor, freshness: { candidate: fresh, baseline: fresh } };
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
  const tooFew = requests < needed ? [`${formatCount(Math.floor(requests))} of ${formatCount(needed)} requests`] : [];
  return [...describeIncident(monitor), ...describeStaleTracks(rules, monitor), ...tooFew, ...missing];
}

const describeIncident = ({ health: { incident } }: GateMonitor): readonly string[] =>
  incident === undefined ? [] : [`both versions miss ${incident.gate}`];

/** Describes which tracks lack samples of a part of the hold time. A baseline that has no traffic lacks none. */
function describeStaleTracks(
  { scrapeSeconds }: MonitorRules,
  { freshness: { candidate, baseline }, observedAt, hasControl }: GateMonitor,
): readonly string[] {
  if (scrapeSeconds === undefined) return [];
  const tracks = [
    { name: "candidate", samples: candidate },
    ...(hasControl ? [{ name: "baseline", samples: baseline }] : []),
  ];
  return tracks.flatMap(({ name, samples }) => {
    const stale = describeStaleness(samples, observedAt, scrapeSeconds);
    return stale === undefined ? [] : [`${name}: ${stale}`];
  });
}

/** A gate with what follows from its declaration. */
interface PreparedGate {
  readonly gate: Gate;
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
    gate,
    rule: ruleOf(gate, rules.minimumSamples),
    logLimit: limits[i] ?? Infinity,
  }));
  PREPARED.set(rules, gates);
  return gates;
}

interface GateReading extends GateSigns {
  readonly gate: PreparedGate;
  readonly test: SequentialTest;
}

function readAll(
  rules: MonitorRules,
  monitor: GateMonitor,
  totals: Pair<Totals>,
  prepare: (rule: GateRule, test: SequentialTest) => SequentialTest = (_, test) => test,
): readonly GateReading[] {
  const { tests, comparisons, stageStart, ignoresHistory } = monitor;
  const inStage = totalsSince(stageStart, totals);
  const isComplete = monitor.observedAt - monitor.completeSince >= ALONE_AFTER_SECONDS;
  return preparedGates(rules).map((prepared) => {
    const { gate, rule, logLimit } = prepared;
    const test = prepare(rule, tests[gate.id] ?? NEW_TEST);
    const hasControl = hasControlFor(gate, monitor);
    const isAlone = !hasControl || (isComplete && !hasConcurrentBaseline(rule, inStage));
    const comparison = readComparisons(gate, comparisons, totals, isAlone && !ignoresHistory);
    const reading = readObjective(rule, test, totals);
    return { gate: prepared, test, reading, isAlone, logLimit, ...(comparison !== undefined && { comparison }) };
  });
}

function judgeAll(
  names: Pair<string>,
  { stageStart }: GateMonitor,
  readings: readonly GateReading[],
  totals: Pair<Totals>,
): readonly GateEvidence[] {
  const inStage = totalsSince(stageStart, totals);
  return readings.map((reading) => {
    const { gate, rule } = reading.gate;
    return judge(rule, reading, totals, inStage, { gate: gate.id, baseline: names.baseline });
  });
}

const totalsSince = (earlier: Pair<Totals>, now: Pair<Totals>): Pair<Totals> => ({
  candidate: since(earlier.candidate, now.candidate),
  baseline: since(earlier.baseline, now.baseline),
});

/** A test that bets from the beginning of the stage. */
function withFirstStart({ objective }: GateRule, test: SequentialTest, { stageStart }: GateMonitor): SequentialTest {
  if (objective === undefined || test.starts.length > 0) return test;
  return startWithStage(test, objective.loss(stageStart.candidate));
}

/** A test with another start, where one is due. */
function withNextStart({ gate: { rule }, test, reading }: GateReading, { candidate }: Pair<Totals>): SequentialTest {
  if (rule.objective === undefined || !isDue(test, rule.samples(candidate))) return test;
  return addStart(test, reading.logs, rule.objective.loss(candidate));
}

function byGate(
  readings: readonly GateReading[],
  testOf: (reading: GateReading) => SequentialTest,
): Readonly<Record<string, SequentialTest>> {
  return Object.fromEntries(readings.map((reading) => [reading.gate.gate.id, testOf(reading)]));
}
