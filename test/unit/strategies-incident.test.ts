import type { CanaryPolicy } from "../../lib/strategies/canary/policy";
import { CanaryRollout, good, policy } from "../support/canary-rollout";

const begin = (change: Partial<CanaryPolicy> = {}): CanaryRollout =>
  new CanaryRollout({ ...policy, ...change }).after(0);

describe("an incident that affects both versions", () => {
  const unwell = { stable: { requests: 1900, errors: 900 }, canary: { requests: 100, errors: 50 } };
  const well = { stable: good(1900), canary: good(100) };
  const minutes = (rollout: CanaryRollout, count: number, answers: typeof well): CanaryRollout => {
    for (let i = 0; i < 6 * count; i++) rollout.after(10, answers);
    return rollout;
  };

  it("holds the weights, says so once, and does not count for the stage", () => {
    const rollout = minutes(begin().after(10, well), 5, unwell);
    expect([rollout.weight, rollout.outcome]).toEqual([5, undefined]);
    expect(rollout.said("service-unwell")).toHaveLength(1);
    expect(rollout.said("service-unwell")[0]).toMatch(/^the service is unwell: both versions miss errors;/);
    minutes(rollout, 5, well);
    expect(rollout.said("service-recovered")[0]).toMatch(/^the service is well again: errors was missed by both/);
    expect(rollout.weight).toBeGreaterThan(5);
    expect(rollout.said("rolled-back")).toEqual([]);
  });

  it("pauses the rollout when it lasts too long", () => {
    const rollout = minutes(begin({ maxUnwellSeconds: 120 }).after(10, well), 4, unwell);
    expect(rollout.outcome).toBe("paused");
    expect(rollout.said("paused")[0]).toMatch(/^paused: both versions have missed errors for 2m/);
  });

  it("is named when the deadline passes in it", () => {
    const rollout = minutes(begin({ deadlineSeconds: 120 }).after(10, well), 4, unwell);
    expect(rollout.outcome).toBe("paused");
    expect(rollout.said("paused")[0]).toMatch(/^paused at the deadline of 2m: both versions miss errors/);
  });
});
