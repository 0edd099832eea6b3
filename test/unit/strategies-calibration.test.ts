import { planAbTest } from "../../lib/constructs/ab-test/plan";
import { planBlueGreenPair } from "../../lib/constructs/blue-green-pair/plan";
import { planCanaryRollout } from "../../lib/constructs/canary-rollout/plan";
import type { CanaryRolloutProps } from "../../lib/constructs/canary-rollout/props";
import type { Plan } from "../../lib/core/plan";
import { buildCalibrationReport, type CalibrationReport } from "../../lib/drivers/calibrate/report";
import { calibrate, describeObstacle } from "../../lib/strategies/calibration/calibrate";
import { DivisionUnit, podsFor } from "../../lib/strategies/calibration/divide";
import { falseAlarmRateOf } from "../../lib/strategies/calibration/false-alarms";
import { podDifferencesOf } from "../../lib/strategies/calibration/measures";
import type { ReplayedRollout } from "../../lib/strategies/calibration/replay";
import type { RolloutPolicy } from "../../lib/strategies/registry";
import { minimal } from "../support/sample-props";
import { abTest, pair } from "../support/sample-strategy-props";
import { historyOf, PAST_START, type ServicePast } from "../support/service-past";

const traffic = { weights: [20, 60, 100], interval: "20m" };

interface Calibrated {
  readonly past: ServicePast;
  readonly props?: Partial<CanaryRolloutProps>;
  readonly unit?: DivisionUnit;
  readonly runs?: number;
}

const policyOf = (plan: Plan): RolloutPolicy => plan.policy as RolloutPolicy;

function reportOf({ past, props, unit, runs = 20 }: Calibrated): CalibrationReport {
  const plan = planCanaryRollout("digits", { ...minimal, traffic, ...props });
  const history = historyOf(past);
  return buildCalibrationReport(plan, calibrate({ policy: policyOf(plan), history, unit, runs, seed: 1 }), history);
}

const honest: ServicePast = { hours: 12, pods: 5 };

describe("a rollout replayed on the past of its service", () => {
  test.each(Object.values(DivisionUnit))("does not blame an equal version, divided by %s", (unit) => {
    const report = reportOf({ past: { ...honest, seed: 3 }, unit });
    expect(report).toMatchObject({ runs: 20, falseAlarmRate: 0, low: 0, split: unit });
    // One may still wait for samples at the end.
    expect(report.outcomes.promoted).toBeGreaterThanOrEqual(19);
    expect(report.verdict).toBe("not-enough-history");
    // Twenty runs of an hour in twelve hours are worth no more than those that do not overlap.
    expect(report.effectiveRuns).toBe(11);
    expect(report.advice.join()).toContain("The history of 12h is too short to show a rate of at most 1%");
  });

  test("is the same for the same seed, and another for another", () => {
    const plan = planCanaryRollout("digits", { ...minimal, traffic });
    const history = historyOf(honest);
    const starts = (seed: number) =>
      calibrate({ policy: policyOf(plan), history, runs: 5, seed }).runs.map(({ startedAt }) => startedAt - PAST_START);
    expect(starts(1)).toEqual(starts(1));
    expect(starts(1)).not.toEqual(starts(2));
  });

  test("names a pod that fails more than the others, and the gate that blamed it", () => {
    const report = reportOf({
      past: {
        ...honest,
        differs: (_seconds, pod, usual) => (pod === 3 ? { ...usual, errorRate: 0.02 } : usual),
      },
      props: { objectives: { errorRate: 0.009 } },
    });
    expect(report.verdict).toBe("over-claim");
    expect(report.low).toBeGreaterThan(report.claim);
    expect(report.falseAlarms.map(({ gate }) => gate)).toContain("error-rate-comparison");
    expect(report.advice.join()).toMatch(/Pod digits-3 failed 2(\.\d+)?% of its requests, the others 0\.0\d+%/);
  });

  test("names an objective that the past does not meet, and one that it does", () => {
    const report = reportOf({ past: { ...honest, usual: { errorRate: 0.005 } } });
    expect(report.outcomes.promoted).toBe(0);
    const [advice = ""] = report.advice;
    const [, attainable] = /95% of them meet (0\.\d+)%/.exec(advice) ?? [];
    expect(advice).toContain("objectives.errorRate is tighter than the service's own past: 0.5");
    expect(Number(attainable)).toBeGreaterThan(0.5);
    expect(Number(attainable)).toBeLessThan(0.6);
  });

  test("names slow pods, with the margin that would tolerate them", () => {
    const report = reportOf({
      past: {
        ...honest,
        differs: (_seconds, pod, usual) => (pod === 1 ? { ...usual, medianLatency: 0.06 } : usual),
      },
      props: { objectives: { latencyP95: "1s" } },
    });
    expect(report.falseAlarms.map(({ gate }) => gate)).toContain("latency-comparison");
    expect(report.advice.join()).toMatch(
      /The p95 of pod digits-1 is 1\d\dms, .* raise analysis\.latencyMargin from 0\.2/,
    );
  });

  test("says when traffic is too thin for a verdict", () => {
    const report = reportOf({
      past: { ...honest, usual: { requestsPerSecond: 0.02 } },
      props: { analysis: { onInsufficientData: "pause" } },
    });
    expect(report.outcomes.paused).toBeGreaterThan(10);
    expect(report.advice.join()).toContain("of the runs paused because samples were missing");
  });

  test("says how many false alarms had no baseline of the same time", () => {
    const plan = planCanaryRollout("digits", { ...minimal, traffic });
    const runs = [1, 0.6, 1, 1].map((share) => ({ ...runAt(0, true), share, gate: "error-rate-comparison" }));
    const calibration = { unit: DivisionUnit.Pods, policy: policyOf(plan), runs, leftOut: [] };
    const { advice } = buildCalibrationReport(plan, calibration, historyOf({ hours: 2, pods: 2 }));
    expect(advice.join()).toContain("3 of 4 false alarms came when the candidate had all of the traffic");
  });
});

function runAt(hour: number, isFalseAlarm: boolean): ReplayedRollout {
  return {
    seed: 1,
    startedAt: PAST_START + 60 + hour * 3600,
    endedAt: PAST_START + (hour + 1) * 3600,
    outcome: isFalseAlarm ? "rolled-back" : "promoted",
    share: 0.5,
    reason: "",
    isUnwell: false,
  };
}

describe("what can be replayed", () => {
  const history = historyOf({ hours: 2, pods: 2 });
  const plan = planCanaryRollout("digits", { ...minimal, traffic });

  test("gates without data are left out, and without any the rollout cannot be replayed", () => {
    const props = { ...minimal, traffic, analysis: { metrics: [{ name: "accuracy" }] } };
    const policy = policyOf(planCanaryRollout("digits", props));
    const { leftOut } = calibrate({ policy, history: { ...history, bounds: [] }, runs: 1, seed: 1 });
    expect(leftOut).toEqual(["latency-objective", "latency-comparison", "metric-accuracy"]);
    const slow = policyOf(planCanaryRollout("digits", { ...props, objectives: { latencyP95: "1s" } }));
    expect(describeObstacle(slow, { ...history, bounds: [] })).toBe("the history has no data for any of the gates");
  });

  test("a rollout needs a history that is as long as itself", () => {
    const day = { ...minimal, traffic: { ...traffic, interval: "1d" } };
    expect(describeObstacle(policyOf(planCanaryRollout("digits", day)), history)).toBe(
      "the history is shorter than the rollout",
    );
    expect(describeObstacle(policyOf(plan), history)).toBeUndefined();
  });

  test("an A/B test divides users, so requests do not show it", () => {
    expect(describeObstacle(policyOf(planAbTest("digits", abTest)), history)).toContain("divides users");
  });

  test("a switch is replayed without its smoke test", () => {
    const policy = policyOf(planBlueGreenPair("digits", { ...pair, watchFor: "30m" }));
    const { runs } = calibrate({ policy, history, runs: 4, seed: 1 });
    expect(runs.map(({ outcome }) => outcome)).toEqual(Array(4).fill("promoted"));
  });

  test("one pod has its intervals divided, several have their pods", () => {
    const unitOf = (pods: number) =>
      calibrate({ policy: policyOf(plan), history: historyOf({ hours: 2, pods }), runs: 1, seed: 1 }).unit;
    expect([unitOf(1), unitOf(2)]).toEqual(["intervals", "pods"]);
  });
});

test.each([
  [0, 4, 0],
  [0.05, 4, 1],
  [0.5, 4, 2],
  [0.99, 4, 3],
  [1, 4, 4],
  [0.05, 100, 5],
  [0.5, 1, 1],
])("a share of %s of %s pods is %s pods", (share, pods, expected) => {
  expect(podsFor(share, pods)).toBe(expected);
});

test("the dispersion among pods is 1 for independent errors, and about the size of clumps", () => {
  const dispersion = (clump: number) =>
    podDifferencesOf(historyOf({ hours: 24, pods: 4, usual: { errorRate: 0.002, clump } })).dispersion ?? 0;
  expect(dispersion(1)).toBeGreaterThan(0.9);
  expect(dispersion(1)).toBeLessThan(1.1);
  expect(dispersion(8)).toBeGreaterThan(6);
  expect(dispersion(8)).toBeLessThan(9);
  expect(podDifferencesOf(historyOf({ hours: 1, pods: 1 }))).toEqual({ dispersion: undefined });
});

test("runs that fail together are worth fewer than runs that fail independently", () => {
  const history = historyOf({ hours: 10, pods: 2 });
  const policy = policyOf(planCanaryRollout("digits", { ...minimal, traffic }));
  const effective = (isFalseAlarm: (hour: number, i: number) => boolean) => {
    const runs = Array.from({ length: 90 }, (_, i) => runAt(i % 9, isFalseAlarm(i % 9, Math.floor(i / 9))));
    return falseAlarmRateOf({ unit: DivisionUnit.Pods, policy, leftOut: [], runs }, history).effectiveRuns;
  };
  expect(effective((hour) => hour === 4)).toBe(9);
  expect(effective((hour, i) => (hour + i) % 9 === 0)).toBe(90);
});
