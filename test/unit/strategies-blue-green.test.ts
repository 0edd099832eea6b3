import type { BlueGreenPolicy, BlueGreenState } from "../../lib/strategies/blue-green/policy";
import { blueGreen } from "../../lib/strategies/blue-green/strategy";
import type { Decision, RolloutEvent } from "../../lib/strategies/decision";
import type { SmokeTestCounts, TrackCounts } from "../../lib/strategies/observation";
import { good, none, trackCounts, type Answers } from "../support/canary-rollout";
import { blueGreenPolicy as base } from "../support/strategy-cases";

const bounds = [0.05, 0.1, 0.5];
/** A number of recorded requests, some of them wrong, failed or slow. */
const smoke = (requests: number, { wrong = 0, failed = 0, slow = 0 } = {}): SmokeTestCounts => ({
  requests,
  wrong,
  failed,
  latency: { bounds, counts: [requests - slow, 0, slow, 0] },
});

const nothing: Required<Answers> = { requests: 0, errors: 0, slow: 0, labels: 0, wrong: 0 };

/** A switch driven by hand. */
class Switch {
  constructor(private readonly policy: BlueGreenPolicy = base) {}

  private at = 0;
  private readonly counts = { blue: nothing, green: nothing };
  private decision: Decision<BlueGreenState> | undefined;
  readonly events: RolloutEvent[] = [];
  ready = { blue: 4, green: 4 };
  smokeTest: SmokeTestCounts | undefined;

  get phase() {
    return this.decision?.state.phase;
  }

  get green() {
    return this.decision?.weights[this.policy.green];
  }

  get copiesForBlue() {
    return this.decision?.mirrors?.[this.policy.blue];
  }

  get outcome() {
    return this.decision && blueGreen.outcome(this.decision.state);
  }

  after(seconds: number, answers: { blue?: Answers; green?: Answers } = {}): this {
    this.at += seconds;
    const tracks: Record<string, TrackCounts> = {};
    for (const color of ["blue", "green"] as const) {
      const more = { ...nothing, ...(answers[color] ?? none) };
      const before = this.counts[color];
      this.counts[color] = {
        requests: before.requests + more.requests,
        errors: before.errors + more.errors,
        slow: before.slow + more.slow,
        labels: before.labels + more.labels,
        wrong: before.wrong + more.wrong,
      };
      tracks[this.policy[color]] = {
        ...trackCounts(this.counts[color], this.ready[color]),
        ...(color === "green" && this.smokeTest && { smokeTest: this.smokeTest }),
      };
    }
    this.decision = blueGreen.decide(this.policy, this.decision?.state, { at: this.at, tracks });
    this.events.push(...this.decision.events);
    return this;
  }

  kinds(): string[] {
    return this.events.map(({ kind }) => kind);
  }
}

function switched(policy = base): Switch {
  const rollout = new Switch(policy);
  rollout.smokeTest = smoke(20);
  return rollout.after(0, { blue: good(4000) });
}

describe("before the switch", () => {
  test("green waits for its smoke test and for replicas that can carry blue's load, and says each once", () => {
    const rollout = new Switch();
    rollout.ready.green = 3;
    rollout
      .after(0, { blue: good(1000) })
      .after(1)
      .after(1);
    expect(rollout.events.at(-1)).toMatchObject({
      kind: "waiting-for-capacity",
      message: "1.1.0: 3 of 4 replicas are ready for 100% of the traffic",
    });
    rollout.ready.green = 4;
    rollout.after(1).after(1);
    expect(rollout.events.at(-1)?.message).toBe("smoke test: 0 of 20 recorded requests");
    rollout.smokeTest = smoke(19);
    rollout.after(1);
    expect(rollout.kinds()).toEqual(["started", "waiting-for-capacity", "extended"]);
    expect(rollout.green).toBe(0);
    rollout.smokeTest = smoke(20);
    rollout.after(1);
    expect(rollout.green).toBe(100);
    expect(rollout.kinds().slice(3)).toEqual(["smoke-tested", "weights-changed"]);
  });

  test.each([
    ["an unexpected response", smoke(5, { wrong: 1 }), "of 5 recorded requests, 1 returned an unexpected response"],
    ["a failed request", smoke(5, { failed: 2 }), "of 5 recorded requests, 2 failed"],
    ["slow responses", smoke(20, { slow: 2 }), "10% of the recorded requests took longer than 100ms"],
  ])("%s on green: traffic is never switched to it", (_what, smokeTest, why) => {
    const rollout = new Switch();
    rollout.smokeTest = smokeTest;
    rollout
      .after(0, { blue: good(1000) })
      .after(1)
      .after(1000);
    expect(rollout.phase).toBe("refused");
    expect(rollout.outcome).toBe("rolled-back");
    expect(rollout.green).toBe(0);
    expect(rollout.events.at(-1)?.message).toBe(`traffic was never switched to 1.1.0: ${why}`);
  });
});

describe("after the switch", () => {
  test("green passes its gates, then blue goes on standby, then it is retired", () => {
    const rollout = switched().after(59, { green: good(4000) });
    expect(rollout.phase).toBe("watching");
    rollout.after(1);
    expect([rollout.phase, rollout.outcome, rollout.green]).toEqual(["standby", "promoted", 100]);
    rollout.after(599, { green: good(4000) });
    expect(rollout.phase).toBe("standby");
    rollout.after(1);
    expect([rollout.phase, rollout.outcome, rollout.green]).toEqual(["retired", "promoted", 100]);
    expect(rollout.kinds().slice(-2)).toEqual(["promoted", "retired"]);
  });

  test("without samples nothing passes: the monitoring is extended, and passes with them", () => {
    const rollout = switched().after(61).after(60);
    expect(rollout.phase).toBe("watching");
    expect(rollout.events.filter(({ kind }) => kind === "extended").map(({ message }) => message)).toEqual([
      expect.stringMatching(/^monitoring 1\.1\.0, extension 1 of 4: 0 of 100 requests; /),
      expect.stringMatching(/^monitoring 1\.1\.0, extension 2 of 4: /),
    ]);
    rollout.after(1, { green: good(4000) });
    expect(rollout.phase).toBe("standby");
  });

  test("without samples to the end of the extensions the rollout pauses, with all traffic on green", () => {
    const rollout = switched();
    for (let i = 0; i < 5; i++) rollout.after(60);
    expect([rollout.outcome, rollout.green]).toEqual(["paused", 100]);
    expect(rollout.events.at(-1)?.message).toMatch(/^paused while monitoring 1\.1\.0: 0 of 100 requests; /);
  });

  test.each([
    ["before it is promoted", 1],
    ["while blue is on standby", 60],
  ])("a green that fails %s is rolled back at once", (_when, seconds) => {
    const rollout = switched().after(seconds, { green: good(4000) });
    for (let i = 0; i < 50 && rollout.green === 100; i++) rollout.after(0.1, { green: { requests: 4, errors: 2 } });
    expect([rollout.phase, rollout.green, rollout.outcome]).toEqual(["switched-back", 0, "rolled-back"]);
    expect(rollout.events.at(-1)?.message).toMatch(/error rate .*: all traffic back to 1\.0\.0 after [\d.ms]+$/);
    rollout.after(1000, { green: good(1000) });
    expect(rollout.green).toBe(0);
  });
});

describe("with copies of the requests for blue", () => {
  const policy = { ...base, standbyMirrorPercent: 5 };
  const outage = { blue: { requests: 4, errors: 2 }, green: { requests: 80, errors: 40 } };

  test("blue gets them from the switch until it is retired", () => {
    const rollout = new Switch(policy);
    rollout.after(0, { blue: good(1000) });
    expect(rollout.copiesForBlue).toBe(0);
    rollout.smokeTest = smoke(20);
    rollout.after(1);
    expect([rollout.phase, rollout.green, rollout.copiesForBlue]).toEqual(["watching", 100, 5]);
    rollout.after(60, { blue: good(200), green: good(4000) });
    expect([rollout.phase, rollout.copiesForBlue]).toEqual(["standby", 5]);
    rollout.after(600, { blue: good(200), green: good(4000) });
    expect([rollout.phase, rollout.copiesForBlue]).toEqual(["retired", 0]);
  });

  test("an outage of both colors does not switch back, while they are monitored or on standby", () => {
    for (const seconds of [1, 60]) {
      const rollout = switched(policy).after(seconds, { blue: good(200), green: good(4000) });
      for (let i = 0; i < 30; i++) rollout.after(1, outage);
      expect(rollout.green).toBe(100);
    }
  });

  test("errors of green that blue does not have switch back", () => {
    const rollout = switched(policy).after(1, { blue: good(200), green: good(4000) });
    for (let i = 0; i < 30 && rollout.green === 100; i++) rollout.after(1, { ...outage, blue: good(4) });
    expect(rollout.phase).toBe("switched-back");
    expect(rollout.copiesForBlue).toBe(0);
  });
});
