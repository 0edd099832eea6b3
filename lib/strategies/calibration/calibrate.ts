import { randomStream } from "../../core/random";
import type { Gate } from "../gate";
import { strategyOf, type RolloutPolicy } from "../registry";
import { DivisionUnit } from "./divide";
import { durationOf, isBinary, type ServiceHistory } from "./history";
import { LEAD_SECONDS, replayRollout, type ReplayedRollout } from "./replay";

export interface CalibrationOptions {
  readonly policy: RolloutPolicy;
  readonly history: ServiceHistory;
  /** By default pods, or intervals where there are not two pods. */
  readonly unit?: DivisionUnit | undefined;
  readonly runs: number;
  readonly seed: number;
}

/** A rollout replayed many times on the past of a service, with one version in both roles. */
export interface Calibration {
  readonly unit: DivisionUnit;
  /** The policy that was replayed: with the gates for which the history has data. */
  readonly policy: RolloutPolicy;
  readonly runs: readonly ReplayedRollout[];
  /** Ids of gates for which the history has no data. */
  readonly leftOut: readonly string[];
}

/** Why a rollout cannot be replayed; undefined when it can. */
export function describeObstacle(policy: RolloutPolicy, history: ServiceHistory): string | undefined {
  const strategy = strategyOf(policy);
  if (strategy.tracks(policy).length !== 2) return "the rollout has more than two tracks";
  const { stickyUsers, metrics } = strategy.requirements(policy);
  if (stickyUsers) return "the rollout divides users, and the history counts requests";
  const ofGates = policy.gates.flatMap((gate) => ("metric" in gate ? [gate.metric] : []));
  const missing = metrics
    .map(({ metric }) => metric)
    .find((metric) => !ofGates.includes(metric) && !history.metrics.includes(metric));
  if (missing !== undefined) return `the rollout is decided by ${missing}, of which the history has no values`;
  if (policy.gates.every((gate) => !hasData(gate, history))) return "the history has no data for any of the gates";
  const declared = strategy.declaredSeconds(policy);
  return durationOf(history) < declared ? "the history is shorter than the rollout" : undefined;
}

/** Replays the rollout from start times that are spread over the history, each with another division. */
export function calibrate({ policy, history, unit, runs, seed }: CalibrationOptions): Calibration {
  const divided = unit ?? usualUnit(history);
  const isJudged = (gate: Gate): boolean => hasData(gate, history) && isDivisible(gate, history, divided);
  const replayed = policyFor(policy, policy.gates.filter(isJudged), divided);
  const starts = startsOf(policy, history, runs, seed);
  return {
    unit: divided,
    policy: replayed,
    runs: starts.map((from, run) =>
      replayRollout({ policy: replayed, history, unit: divided, seed: seed * 100_003 + run, from }),
    ),
    leftOut: policy.gates.filter((gate) => !isJudged(gate)).map(({ id }) => id),
  };
}

/** Share of the intervals with two pods from which on the pods are divided. */
const MOSTLY = 0.9;

function usualUnit({ intervals }: ServiceHistory): DivisionUnit {
  const numbers = intervals.map(({ pods }) => Object.keys(pods).length).filter((pods) => pods > 0);
  const shared = numbers.filter((pods) => pods >= 2).length;
  return shared >= MOSTLY * numbers.length ? DivisionUnit.Pods : DivisionUnit.Intervals;
}

function hasData(gate: Gate, { bounds, metrics }: ServiceHistory): boolean {
  switch (gate.kind) {
    case "error-rate-objective":
    case "error-rate-comparison":
      return true;
    case "latency-objective":
    case "latency-comparison":
      return bounds.length > 0;
    case "metric-comparison":
      return metrics.includes(gate.metric);
    case "agreement-objective":
      return false;
  }
}

/** Of requests that are divided one by one, only values of 0 and 1 are known one by one. */
function isDivisible(gate: Gate, history: ServiceHistory, unit: DivisionUnit): boolean {
  return unit !== DivisionUnit.Requests || gate.kind !== "metric-comparison" || isBinary(history, gate.metric);
}

/** Intervals that take turns have gaps by design, so the freshness of samples says nothing about them. */
function policyFor(policy: RolloutPolicy, gates: readonly Gate[], unit: DivisionUnit): RolloutPolicy {
  if (unit !== DivisionUnit.Intervals) return { ...policy, gates };
  const { scrapeSeconds: _, ...others } = policy;
  return { ...others, gates };
}

/**
 * Start times spread evenly, each at a random place of its part, so that they hit every hour of the day. Before them is some
 * of the baseline's past, and after them the time that the rollout takes.
 */
function startsOf(policy: RolloutPolicy, history: ServiceHistory, runs: number, seed: number): readonly number[] {
  const { intervals } = history;
  const spare = durationOf(history) - strategyOf(policy).declaredSeconds(policy);
  const first = (intervals[0]?.at ?? 0) + Math.min(LEAD_SECONDS, spare / 2);
  const last = (intervals[0]?.at ?? 0) + spare;
  const startable = intervals.flatMap(({ at }, index) => (at >= first && at <= last ? [index] : []));
  const random = randomStream(seed, "calibration starts");
  return Array.from(
    { length: runs },
    (_, run) => startable[Math.floor(((run + random()) / runs) * startable.length)] ?? 0,
  );
}
