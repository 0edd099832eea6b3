import { canary } from "../../lib/strategies/canary/strategy";
import type { CanaryPolicy } from "../../lib/strategies/canary/policy";
import { CanaryRollout, good, none, policy } from "../support/canary-rollout";

const begin = (change: Partial<CanaryPolicy> = {}): CanaryRollout =>
  new CanaryRollout({ ...policy, ...change }).after(0);

const verdicts = (rollout: CanaryRollout): Record<string, string> =>
  Object.fromEntries(canary.evidence(rollout.policy, rollout.state).map(({ gate, verdict }) => [gate, verdict]));

/** A rollout at the stage with 50%. */
const atHalf = (change: Partial<CanaryPolicy> = {}): CanaryRollout =>
  begin(change).after(60, { stable: good(4000), canary: good(200) });

describe("a canary that is as good as the stable version", () => {
  it("rises stage by stage and is promoted", () => {
    const rollout = begin();
    expect(rollout.weight).toBe(5);
    rollout.after(60, { stable: good(4000), canary: good(200) });
    expect(rollout.weight).toBe(50);
    rollout.after(60, { stable: good(2000), canary: good(2000) });
    expect(rollout.weight).toBe(100);
    rollout.after(60, { stable: none, canary: good(4000) });
    expect(rollout.weight).toBe(100);
    expect(rollout.state.phase).toBe("promoted");
    expect(rollout.events.map(({ kind }) => kind)).toEqual([
      "started",
      "stage-entered",
      "stage-entered",
      "stage-entered",
      "promoted",
    ]);
    expect(rollout.said("promoted")[0]).toMatch(/^1\.1\.0 passed every stage in 3m and keeps 100%/);
  });

  it("keeps its weight until the hold time is over, however good it is", () => {
    const rollout = begin();
    for (let i = 0; i < 59; i++) rollout.after(1, { stable: good(1900), canary: good(100) });
    expect(rollout.weight).toBe(5);
    rollout.after(1, { stable: good(1900), canary: good(100) });
    expect(rollout.weight).toBe(50);
  });

  it("passes without a single error anywhere", () => {
    const rollout = begin().after(60, {
      stable: { requests: 4000, labels: 1000 },
      canary: { requests: 200, labels: 100 },
    });
    expect(rollout.weight).toBe(50);
  });

  it("waits for more samples where chance explains a worse estimate", () => {
    const rollout = begin().after(60, {
      stable: good(4000),
      canary: { ...good(200), errors: 6 },
    });
    expect(verdicts(rollout)).toMatchObject({ "errors-compared": "needs-more-samples" });
    expect(rollout.weight).toBe(5);
    expect(rollout.said("extended")[0]).toMatch(
      /error rate 3% of 200 requests against 1% on 1\.0\.0: outside the limit, but not significant yet/,
    );
    rollout.after(60, { stable: good(8000), canary: { ...good(400), errors: 2 } });
    expect(rollout.weight).toBe(50);
  });

  it("waits until twice its objective is excluded", () => {
    const gates = [{ kind: "error-rate-objective", id: "errors", limit: 0.001 }] as const;
    const rollout = begin({ gates }).after(60, {
      stable: { requests: 95_000 },
      canary: { requests: 5_000, errors: 7 },
    });
    expect(rollout.weight).toBe(5);
    expect(rollout.said("extended")).toEqual([
      "holding 5%, extension 1 of 2: errors: error rate 0.14% of 5,000 requests against the objective of 0.1%: 2 times as much cannot be excluded yet",
    ]);
    expect(rollout.after(60, { stable: { requests: 190_000 }, canary: { requests: 10_000 } }).weight).toBe(50);
  });

  it("is not rolled back for an incident that affects both versions", () => {
    const gates = policy.gates.filter(({ id }) => id.endsWith("compared"));
    const rollout = atHalf({ gates });
    for (let i = 0; i < 50; i++)
      rollout.after(1, {
        stable: { requests: 40, errors: 8, slow: 30 },
        canary: { requests: 40, errors: 8, slow: 30 },
      });
    expect(rollout.state.phase).toBe("running");
    rollout.after(10, { stable: good(2000), canary: good(2000) });
    expect(rollout.weight).toBe(100);
    rollout.after(60, { stable: none, canary: good(4000) });
    expect(rollout.state.phase).toBe("promoted");
  });
});

describe("a canary with a regression", () => {
  const withErrors = { stable: good(400), canary: { requests: 26, errors: 6 } };

  it("is rolled back within a few evaluations, with the figures that decided", () => {
    const rollout = begin();
    rollout.after(30, { stable: good(1900), canary: good(100) });
    for (let i = 0; i < 4; i++) rollout.after(4, withErrors);
    expect(rollout.weight).toBe(0);
    expect(rollout.said("gate-failed")[0]).toMatch(/^errors(-compared)?: error rate .* of \d+ requests against/);
    expect(rollout.said("rolled-back")[0]).toMatch(/^error rate .*: rolled back after 4\ds at 5%$/);
  });

  it("is not rolled back for one evaluation alone, which may be a clump of retries", () => {
    const rollout = begin();
    rollout.after(30, { stable: good(1900), canary: good(100) });
    rollout.after(4, withErrors);
    for (let i = 0; i < 5; i++) rollout.after(4, { stable: good(400), canary: { requests: 26 } });
    expect(rollout.weight).toBe(5);
  });

  it.each([
    ["wrong predictions", { labels: 26, wrong: 6 }, /^accuracy 0\.769 of \d+ values against 0\.98 on 1\.0\.0: rolled/],
    ["slow responses", { slow: 10 }, /took longer than \d+ms/],
  ])("is found by %s alone", (_, regression, message) => {
    const rollout = begin();
    for (let i = 0; i < 8; i++)
      rollout.after(5, { stable: good(1000), canary: { requests: 52, labels: 26, wrong: 0, ...regression } });
    expect(rollout.weight).toBe(0);
    expect(rollout.said("rolled-back")[0]).toMatch(message);
  });

  it("is found by a metric where lower is better", () => {
    const rollout = begin({
      gates: policy.gates.map((gate) =>
        gate.kind === "metric-comparison" ? { ...gate, direction: "lowerIsBetter", upperBound: 10 } : gate,
      ),
    });
    // The metric counts correct predictions; here a lower value is better.
    for (let i = 0; i < 5; i++)
      rollout.after(10, {
        stable: { requests: 2000, labels: 1000, wrong: 950 },
        canary: { requests: 200, labels: 150, wrong: 75 },
      });
    expect(rollout.said("rolled-back")[0]).toMatch(/^accuracy 0\.5 of \d+ values against 0\.05 on 1\.0\.0/);
  });

  const atAll = (gates: CanaryPolicy["gates"]) =>
    atHalf({ gates }).after(60, { stable: good(2000), canary: good(2000) });
  const failing = { stable: none, canary: { ...good(200), errors: 25 } };
  const slightlyWorse = { stable: none, canary: { ...good(2000), errors: 50 } };
  const compared = policy.gates.filter(({ id }) => id.endsWith("compared"));

  it("pauses at 100% if it is a little worse than the stable version was before", () => {
    const rollout = atAll(compared).after(20, slightlyWorse);
    expect(rollout.outcome).toBe("paused");
    expect(rollout.said("paused")).toEqual([
      "paused: error rate 2.5% of 2,000 requests against 1% on 1.0.0, but before this stage; 1.0.0 has no traffic to compare with",
    ]);
    rollout.state = canary.resume(rollout.policy, rollout.state, rollout.at).state;
    rollout.after(10, slightlyWorse);
    expect(rollout.outcome).toBeUndefined();
  });

  it("is rolled back at 100% if it is much worse than the stable version was before", () => {
    expect(atAll(compared).after(20, failing).weight).toBe(0);
  });

  it("is rolled back at 100% if it misses an objective", () => {
    const rollout = atAll(policy.gates.filter(({ id }) => id === "errors"));
    for (let i = 0; i < 2; i++) rollout.after(20, failing);
    expect(rollout.weight).toBe(0);
  });

  it("never gets traffic again", () => {
    const rollout = begin();
    for (let i = 0; i < 4; i++) rollout.after(10, withErrors);
    for (let i = 0; i < 20; i++) rollout.after(60, { stable: good(4000), canary: good(4000) });
    expect(rollout.weight).toBe(0);
    expect(rollout.said("rolled-back")).toHaveLength(1);
  });

  it("is also rolled back while paused, because it still has traffic", () => {
    const rollout = begin({ onInsufficientData: "pause" }).after(60, { stable: good(4000), canary: good(50) });
    expect(rollout.outcome).toBe("paused");
    for (let i = 0; i < 4; i++) rollout.after(60, { stable: good(4000), canary: { ...good(200), errors: 20 } });
    expect(rollout.weight).toBe(0);
  });

  it("may be worse by less than the margin allows", () => {
    const rollout = begin();
    for (let i = 0; i < 58; i++)
      rollout.after(1, { stable: good(10000), canary: { ...good(10000), errors: i % 2 === 0 ? 125 : 115 } });
    expect(canary.evidence(policy, rollout.state).find(({ gate }) => gate === "errors-compared")).toMatchObject({
      verdict: "pass",
      track: 0.012,
      baseline: 0.01,
    });
    rollout.after(2);
    expect(rollout.weight).toBe(50);
  });
});

describe("a canary without enough samples", () => {
  const few = { stable: good(1000), canary: good(50) };

  it("extends the stage as often as allowed, says what is missing, then pauses", () => {
    const rollout = begin({ maxExtensions: 2 }).after(60, few).after(60).after(60).after(60);
    expect(rollout.weight).toBe(5);
    expect(rollout.outcome).toBe("paused");
    expect(rollout.said("extended")).toHaveLength(2);
    expect(rollout.said("extended")[0]).toMatch(/^holding 5%, extension 1 of 2: 50 of 100 requests/);
    expect(rollout.said("paused")[0]).toMatch(/accuracy: 25 of 50 values/);
  });

  it("proceeds as soon as it has enough samples", () => {
    const rollout = begin().after(60, few).after(5, few);
    expect(rollout.weight).toBe(50);
  });

  it.each([
    ["pause", "paused", 5],
    ["rollback", "rolled-back", 0],
  ] as const)("follows onInsufficientData: %s", (onInsufficientData, outcome, weight) => {
    const rollout = begin({ onInsufficientData }).after(60, few);
    expect(rollout.outcome).toBe(outcome);
    expect(rollout.weight).toBe(weight);
  });

  it("never passes when nothing can be read", () => {
    const rollout = begin({ minimumSamples: 0, maxExtensions: 1000 });
    for (let i = 0; i < 50; i++) rollout.after(60, {});
    expect(rollout.weight).toBe(5);
    expect(verdicts(rollout)).toEqual(Object.fromEntries(policy.gates.map(({ id }) => [id, "needs-more-samples"])));
  });

  it("does not pass a comparison with a version that got no traffic", () => {
    const rollout = begin().after(60, { stable: none, canary: good(400) });
    expect(verdicts(rollout)).toMatchObject({ errors: "pass", "errors-compared": "needs-more-samples" });
    expect(rollout.weight).toBe(5);
  });

  it("counts the samples of each stage separately", () => {
    const rollout = atHalf().after(60, { stable: good(2000), canary: good(50) });
    expect(rollout.weight).toBe(50);
    expect(rollout.said("extended")[0]).toMatch(/50 of 100 requests/);
  });
});

describe("evidence", () => {
  it("starts at 0 and exceeds its limit with the verdict", () => {
    const rollout = begin();
    for (const { logEvidence, logLimit } of canary.evidence(policy, rollout.state)) {
      expect(logEvidence).toBeCloseTo(0, 9);
      expect(logLimit).toBeGreaterThan(Math.log(100));
    }
    for (let i = 0; i < 3; i++) rollout.after(10, { stable: good(4000), canary: { ...good(200), errors: 60 } });
    const failed = canary.evidence(policy, rollout.state).filter(({ verdict }) => verdict === "fail");
    expect(failed.map(({ gate }) => gate)).toContain("errors-compared");
    for (const { logEvidence, logLimit } of failed) expect(logEvidence).toBeGreaterThanOrEqual(logLimit);
  });

  it("divides the false-alarm rate among all gates", () => {
    const limits = canary.evidence(policy, begin().state).map(({ logLimit }) => Math.exp(-logLimit));
    expect(limits.reduce((sum, limit) => sum + limit, 0)).toBeCloseTo(policy.falseAlarmRate, 12);
  });
});

it("compares latency only above the floor", () => {
  const answers = { stable: { ...good(1000), slow: 0 }, canary: { ...good(50), slow: 30 } };
  const compared = (floorSeconds: number) => {
    const rollout = begin({
      gates: [{ kind: "latency-comparison", id: "p95", quantile: 0.95, margin: 0.2, floorSeconds }],
    });
    for (let i = 0; i < 4; i++) rollout.after(15, answers);
    return rollout;
  };
  expect(verdicts(compared(0.1))).toEqual({ p95: "fail" });
  expect(compared(0.1).weight).toBe(0);
  expect(compared(0.25).weight).toBe(50);
});

it("does not compare latency at 100%, without a concurrent baseline; the objective still applies", () => {
  const comparison = { kind: "latency-comparison", id: "p95", quantile: 0.95, margin: 0.2, floorSeconds: 0 } as const;
  const objective = { kind: "latency-objective", id: "limit", quantile: 0.95, limitSeconds: 0.1 } as const;
  const busy = { stable: none, canary: { ...good(4000), slow: 2000 } };
  const atAll = (gates: CanaryPolicy["gates"]) =>
    atHalf({ gates })
      .after(60, { stable: good(2000), canary: good(2000) })
      .after(60, busy);
  expect(atAll([comparison]).state.phase).toBe("promoted");
  expect(atAll([comparison, objective]).state.phase).toBe("rolled-back");
});
