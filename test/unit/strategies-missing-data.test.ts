import type { Decision, RolloutEvent } from "../../lib/strategies/decision";
import type { TrackCounts } from "../../lib/strategies/observation";
import { AGREEMENT } from "../../lib/strategies/observation";
import { strategyOf, type RolloutPolicy } from "../../lib/strategies/registry";
import { policy as canary, good, trackCounts, type Answers } from "../support/canary-rollout";
import { blueGreenPolicy, shadowPolicy } from "../support/strategy-cases";

const [BASELINE, CANDIDATE] = ["1.0.0", "1.1.0"];

/** A rollout in which both tracks serve 100 good requests a second, and some tracks cannot be read for a time. */
class Rollout {
  readonly events: RolloutEvent[] = [];
  private decision: Decision<unknown> | undefined;
  private at = 0;
  private added: Answers = good(1000);
  private answers: Required<Answers> = { requests: 0, errors: 0, slow: 0, labels: 0, wrong: 0 };

  constructor(private readonly policy: RolloutPolicy) {
    this.evaluate([]);
  }

  get strategy() {
    return strategyOf(this.policy);
  }

  get outcome() {
    return this.strategy.outcome(this.decision?.state);
  }

  get split() {
    return { weights: this.decision?.weights, mirrors: this.decision?.mirrors };
  }

  get phase() {
    return (this.decision?.state as { phase: string }).phase;
  }

  /** Messages of a kind. */
  said(kind: RolloutEvent["kind"]): string[] {
    return this.events.filter((event) => event.kind === kind).map(({ message }) => message);
  }

  /** Evaluates every 10 seconds. */
  for(seconds: number, unread: readonly string[] = []): this {
    for (let passed = 0; passed < seconds; passed += 10) {
      this.at += 10;
      this.evaluate(unread);
    }
    return this;
  }

  /** Evaluates every 10 seconds, on counters that stand still. */
  standingStill(seconds: number): this {
    this.added = { requests: 0 };
    this.for(seconds);
    this.added = good(1000);
    return this;
  }

  /** Nobody evaluates for some seconds. */
  gap(seconds: number): this {
    this.at += seconds;
    return this;
  }

  resume(): this {
    this.decision = this.strategy.resume(this.policy, this.decision?.state, this.at);
    return this;
  }

  private evaluate(unread: readonly string[]): void {
    const { answers, added } = this;
    const sum = (key: keyof Answers): number => answers[key] + (added[key] ?? 0);
    this.answers = {
      requests: sum("requests"),
      errors: sum("errors"),
      slow: sum("slow"),
      labels: sum("labels"),
      wrong: sum("wrong"),
    };
    const counts = trackCounts(this.answers, 4);
    const smokeTest = { requests: 20, failed: 0, wrong: 0, latency: { bounds: [0.1], counts: [20, 0] } };
    const { labels } = this.answers;
    const agreement = { count: labels, sum: labels, sumOfSquares: labels };
    const track: TrackCounts = { ...counts, metrics: { ...counts.metrics, [AGREEMENT]: agreement }, smokeTest };
    const read = [BASELINE, CANDIDATE].filter((name) => !unread.includes(name));
    const tracks = Object.fromEntries(read.map((name) => [name, track]));
    this.decision = this.strategy.decide(this.policy, this.decision?.state, { at: this.at, tracks });
    this.events.push(...this.decision.events);
  }
}

const cases: [string, RolloutPolicy, string][] = [
  ["canary", { ...canary, scrapeSeconds: 10 }, "holding 5%"],
  ["blue-green", { ...blueGreenPolicy, scrapeSeconds: 10, maxExtensions: 2 }, "monitoring 1.1.0"],
  ["shadow", { ...shadowPolicy, scrapeSeconds: 10, maxExtensions: 2 }, "mirroring to 1.1.0"],
];

/** The policy with another hold time. */
function withHold(policy: RolloutPolicy, seconds: number): RolloutPolicy {
  switch (policy.strategy) {
    case "canary":
      return { ...policy, stages: policy.stages.map(({ weight }) => ({ weight, holdSeconds: seconds })) };
    case "blue-green":
      return { ...policy, watchSeconds: seconds };
    default:
      return { ...policy, durationSeconds: seconds };
  }
}

describe.each(cases)("a %s whose metrics are away", (_, policy, doing) => {
  it("says so once, counts it as extensions, then pauses, and the split stays", () => {
    const rollout = new Rollout(policy);
    const { split } = rollout;
    rollout.for(86_400, [CANDIDATE]);
    expect(rollout.split).toEqual(split);
    expect(rollout.said("data-missing")).toEqual(["no data from 1.1.0 for 30s: the weights stay as they are"]);
    expect(rollout.said("extended").map((message) => message.split(";")[0])).toEqual([
      `${doing}, extension 1 of 2: no data from 1.1.0 for 1m`,
      `${doing}, extension 2 of 2: no data from 1.1.0 for 2m`,
    ]);
    expect(rollout.said("paused").map((message) => message.split(";")[0])).toEqual([
      `paused while ${doing}: no data from 1.1.0 for 3m`,
    ]);
    expect(rollout.outcome).toBe("paused");
  });

  it("names every track that cannot be read", () => {
    const rollout = new Rollout(policy).for(3600, [BASELINE, CANDIDATE]);
    expect(rollout.said("paused")[0]).toMatch(/: no data from 1\.1\.0 for 3m; no data from 1\.0\.0 for 3m/);
  });

  it("goes on when they are back, and says again when they are away again", () => {
    const rollout = new Rollout(policy);
    rollout.for(60, [CANDIDATE]).for(10).for(50, [CANDIDATE]).for(600);
    expect(rollout.said("data-missing")).toHaveLength(2);
    expect(rollout.said("paused")).toEqual([]);
    expect(["promoted", "completed"]).toContain(rollout.outcome);
  });

  it("does not mind a single scrape that fails, but decides nothing on it", () => {
    const rollout = new Rollout(policy).for(50);
    const { phase, split } = rollout;
    rollout.for(10, [CANDIDATE]);
    expect([rollout.phase, rollout.split]).toEqual([phase, split]);
    expect(rollout.said("extended")).toEqual([]);
    rollout.for(10);
    expect(rollout.split === split && rollout.phase === phase).toBe(false);
  });

  it("does not pass on old samples either, when its counters stand still, and says so", () => {
    const rollout = new Rollout(withHold(policy, 600)).for(300);
    const { phase } = rollout;
    rollout.standingStill(1500);
    expect([rollout.phase, rollout.outcome]).toEqual([phase, "paused"]);
    expect(rollout.said("paused")[0]).toMatch(/: candidate: no new samples for 1500s/);
  });

  it("passes when they stood still for less than a third of the time", () => {
    const rollout = new Rollout(withHold(policy, 600)).for(200);
    const { phase, split } = rollout;
    rollout.standingStill(180).for(210);
    expect(rollout.said("extended")).toEqual([]);
    expect(rollout.split === split && rollout.phase === phase).toBe(false);
  });

  it("is not moved by hours in which its controller was down, and then takes the rest of its time", () => {
    const rollout = new Rollout(policy).for(30).gap(3 * 3600);
    const { phase, split } = rollout;
    rollout.for(40);
    expect([rollout.phase, rollout.split]).toEqual([phase, split]);
    expect(rollout.said("data-missing")).toEqual(["nothing was observed for 3h20s: this time does not count"]);
    rollout.for(20);
    expect(rollout.said("extended")).toEqual([]);
    expect(rollout.split === split && rollout.phase === phase).toBe(false);
  });

  it("has the same time again when an operator resumes it", () => {
    const rollout = new Rollout(policy).for(600, [CANDIDATE]).resume();
    expect(rollout.outcome).toBeUndefined();
    rollout.for(170, [CANDIDATE]);
    expect(rollout.outcome).toBeUndefined();
    rollout.for(10, [CANDIDATE]);
    expect(rollout.outcome).toBe("paused");
  });

  it("has as much real time for its extensions on a faster clock", () => {
    const fast = strategyOf(policy).onFasterClock(policy, 60);
    expect(fast).toMatchObject({ maxExtensions: 3 * 60 - 1 });
  });
});

test("a rollout whose candidate is away before it serves anyone pauses after the same time, under the same name", () => {
  for (const [, policy] of cases) {
    const rollout = new Rollout({ ...policy, capacity: { minReadyReplicas: 5, shareOfStable: 0 } } as RolloutPolicy);
    expect(rollout.said("waiting-for-capacity")).toHaveLength(1);
    rollout.for(3600, [CANDIDATE]);
    expect(rollout.said("paused")).toEqual(["paused before the start: no data from 1.1.0 for 3m"]);
  }
});

test("blue is not retired while green cannot be read", () => {
  const rollout = new Rollout({ ...blueGreenPolicy, scrapeSeconds: 10, standbySeconds: 60, maxExtensions: 2 }).for(60);
  expect(rollout.phase).toBe("standby");
  rollout.for(120, [CANDIDATE]);
  expect(rollout.phase).toBe("standby");
  expect(rollout.said("extended")[0]).toBe("keeping 1.0.0 on standby, extension 1 of 2: no data from 1.1.0 for 1m");
  rollout.for(10);
  expect(rollout.phase).toBe("retired");
});

test("a canary may roll back where data is missing, if its policy says so", () => {
  const rollout = new Rollout({ ...canary, scrapeSeconds: 10, onInsufficientData: "rollback" }).for(60, [CANDIDATE]);
  expect(rollout.said("rolled-back")[0]).toMatch(/^no data from 1\.1\.0 for 1m; /);
});
