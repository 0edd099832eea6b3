import { canary } from "../../lib/strategies/canary/strategy";
import { CanaryRollout, good, policy } from "../support/canary-rollout";

const begin = (): CanaryRollout => new CanaryRollout(policy).after(0);

describe("ready replicas", () => {
  it("are required before the first request, and the log says so once", () => {
    const rollout = new CanaryRollout(policy);
    rollout.ready.canary = 1;
    rollout.after(0).after(10).after(10);
    expect(rollout.weight).toBe(0);
    expect(rollout.said("waiting-for-capacity")).toEqual(["1.1.0: 1 of 2 replicas are ready for 5% of the traffic"]);
    rollout.ready.canary = 2;
    expect(rollout.after(10).weight).toBe(5);
  });

  it("are required in proportion to the next weight", () => {
    const rollout = begin();
    rollout.ready = { stable: 12, canary: 2 };
    rollout.after(60, { stable: good(4000), canary: good(200) });
    expect(rollout.weight).toBe(5);
    expect(rollout.said("waiting-for-capacity")).toEqual(["1.1.0: 2 of 3 replicas are ready for 50% of the traffic"]);
    rollout.ready.canary = 3;
    expect(rollout.after(5).weight).toBe(50);
  });

  it("do not count if the canary cannot be read", () => {
    const rollout = begin().after(59, { stable: good(4000), canary: good(200) });
    rollout.after(1, { stable: good(100) });
    expect(rollout.weight).toBe(5);
  });
});

describe("a server that restarts", () => {
  it("neither fails the canary nor counts twice", () => {
    const rollout = begin().after(30, { stable: good(2000), canary: good(100) });
    rollout.restart("canary");
    rollout.restart("stable");
    rollout.after(10, { stable: good(500), canary: good(30) });
    rollout.after(10, { stable: good(500), canary: good(30) });
    expect(canary.evidence(policy, rollout.state).find(({ gate }) => gate === "errors")?.samples).toBe(130);
    rollout.after(10, { stable: good(1000), canary: good(70) });
    expect(rollout.weight).toBe(50);
  });

  it("is not assumed when a lagging source answers: its readings are ignored until they have caught up", () => {
    const rollout = begin().after(30, { stable: good(2000), canary: { requests: 100, labels: 50 } });
    rollout.forget("canary");
    for (let i = 0; i < 3; i++) rollout.after(5, { stable: good(300), canary: good(40) });
    expect(canary.evidence(policy, rollout.state).find(({ gate }) => gate === "errors")?.samples).toBe(120);
  });
});

describe("a pod that most errors come from", () => {
  const failing = { stable: good(4000), canary: { ...good(200), errors: 60 } };
  const rolledBack = (pods: CanaryRollout["pods"]): string | undefined => {
    const rollout = begin();
    rollout.pods = pods;
    for (let i = 0; i < 4; i++) rollout.after(10, failing);
    return rollout.said("rolled-back")[0];
  };

  it("is named in the reason", () => {
    const pods = { "recommender-a": { requests: 300, errors: 170 }, "recommender-b": { requests: 300, errors: 10 } };
    expect(rolledBack(pods)).toMatch(/, 170 of 180 errors from 1 of 2 pods \(recommender-a\): rolled back after/);
  });

  it("is not named if no pod stands out, or their counts cannot be read", () => {
    const even = { a: { requests: 300, errors: 90 }, b: { requests: 300, errors: 90 } };
    const unreadable = { a: null, b: { requests: "many", errors: 3 } } as unknown as typeof even;
    for (const pods of [even, unreadable])
      expect(rolledBack(pods)).toMatch(/on 1\.0\.0: rolled back|objective of 2%: rolled/);
  });
});
