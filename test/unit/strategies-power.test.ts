import { planBlueGreenPair } from "../../lib/constructs/blue-green-pair/plan";
import { planCanaryRollout } from "../../lib/constructs/canary-rollout/plan";
import type { CanaryRolloutProps } from "../../lib/constructs/canary-rollout/props";
import { planShadowDeployment } from "../../lib/constructs/shadow-deployment/plan";
import { formatFinding } from "../../lib/core/findings/finding";
import { approximateChance, simulatedChance, type PowerCase } from "../support/power-simulation";
import { minimal } from "../support/sample-props";
import { pair, shadowing } from "../support/sample-strategy-props";

const WEIGHTS = [5, 10, 25, 50, 95];

describe("the chance that a bad version is promoted", () => {
  test.each<[string, PowerCase]>([
    ["thin traffic", { weights: WEIGHTS, limit: 0.001, factor: 2, requestsPerSecond: 1 }],
    ["more traffic", { weights: WEIGHTS, limit: 0.001, factor: 2, requestsPerSecond: 10 }],
    ["few stages", { weights: [20, 95], limit: 0.001, factor: 2, requestsPerSecond: 1 }],
  ])("is that of simulated rollouts, with %s", (_, given) => {
    expect(Math.abs(approximateChance(given) - simulatedChance(given, 60))).toBeLessThanOrEqual(0.12);
  });

  test("falls with the traffic, and with the rate of errors", () => {
    const chance = (requestsPerSecond: number, factor: number) =>
      approximateChance({ weights: WEIGHTS, limit: 0.001, factor, requestsPerSecond });
    const chances = [chance(0.3, 2), chance(1, 2), chance(10, 2)];
    expect([...chances].sort((a, b) => b - a)).toEqual(chances);
    expect(chance(10, 2)).toBeLessThan(chance(10, 0.5));
    expect(chance(100, 2)).toBe(0);
    // A version that fails no more than the baseline passes.
    expect(chance(10, 0.5)).toBeGreaterThan(0.9);
  });

  test("is the same every time", () => {
    const given = { weights: WEIGHTS, limit: 0.001, factor: 2, requestsPerSecond: 1 };
    expect(approximateChance(given)).toBe(approximateChance(given));
  });
});

describe("what a timetable says a rollout can see", () => {
  const noteOf = (props: Partial<CanaryRolloutProps>) =>
    planCanaryRollout("recommender", { ...minimal, ...props }).timetable?.notes.at(-1);

  test("at 1, 10 and 100 requests per second where none is expected", () => {
    expect(noteOf({})).toMatch(
      /^A version that fails twice as often as allowed \(for 0\.2% of its requests, stable for 0\.05%\) is promoted with a chance of (about \d+|under 5)% at 1 request\/s, under 5% at 10 requests\/s and under 5% at 100 requests\/s; otherwise it is rolled back, or paused for an operator\. Approximate, and for independent requests\.$/,
    );
  });

  test("for several rates of errors at the expected traffic", () => {
    expect(noteOf({ analysis: { expectedRequestsPerSecond: 40 } })).toBe(
      "At 40 requests/s, a version that fails for 0.2%, 0.5% and 1% of its requests (stable for 0.05%, 0.1% is allowed) is promoted with a chance of under 5%, under 5% and under 5%; otherwise it is rolled back, or paused for an operator. Approximate, and for independent requests.",
    );
  });

  test("by slow requests without an objective of errors, and for the watch of a switch and for a shadow", () => {
    expect(noteOf({ objectives: { latencyP95: "100ms" } })).toContain(
      "A version that takes longer than 100ms twice as often as allowed (for 10% of its requests, stable for 2.5%)",
    );
    expect(planBlueGreenPair("recommender", pair).timetable?.notes.at(-1)).toMatch(
      /blue for 0\.05%\) passes the watch with/,
    );
    expect(planShadowDeployment("recommender", shadowing).timetable?.notes.at(-1)).toMatch(
      /live for 0\.05%\) passes with/,
    );
    const stopped = planShadowDeployment("recommender", { ...shadowing, percent: 0 });
    expect(stopped.timetable?.notes.join()).not.toContain("A version that fails");
  });
});

describe("a stage that gets too few requests to pass", () => {
  const findings = (props: Partial<CanaryRolloutProps>) =>
    planCanaryRollout("recommender", { ...minimal, ...props }).findings.map(formatFinding);

  test("is reported, with what would do", () => {
    expect(findings({ analysis: { expectedRequestsPerSecond: 4 } })).toContain(
      "SLW115 traffic.interval: at 4 requests/s, stage 1 (5%) cannot pass in 30m: the candidate gets about 360 of the 676 requests that it needs. Fix: Use 57m or longer, a share of 10% or more, or a higher objective.",
    );
    expect(findings({ analysis: { expectedRequestsPerSecond: 2 } }).join()).toContain(
      "stage 1 (5%) and stage 2 (15%) cannot pass",
    );
    expect(
      planBlueGreenPair("recommender", { ...pair, analysis: { expectedRequestsPerSecond: 0.01 } }).findings,
    ).toMatchObject([{ code: "SLW115", path: "watchFor", severity: "warning" }]);
    expect(
      planShadowDeployment("recommender", { ...shadowing, analysis: { expectedRequestsPerSecond: 0.01 } }).findings,
    ).toMatchObject([{ code: "SLW115", path: "duration", severity: "warning" }]);
  });

  test("is not reported with enough traffic, or where none is expected", () => {
    expect(findings({ analysis: { expectedRequestsPerSecond: 10 } }).join()).not.toContain("SLW115");
    expect(findings({}).join()).not.toContain("SLW115");
  });
});
