import type { BlueGreenState } from "../../lib/strategies/blue-green/policy";
import { blueGreen } from "../../lib/strategies/blue-green/strategy";
import type { Decision, RolloutEvent } from "../../lib/strategies/decision";
import type { SmokeTestCounts, TrackCounts } from "../../lib/strategies/observation";
import { good, none, trackCounts, type Answers } from "../support/canary-rollout";
import { blueGreenPolicy as policy } from "../support/strategy-cases";

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
    return this.decision?.weights[policy.green];
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
      tracks[policy[color]] = {
        ...trackCounts(this.counts[color], this.ready[color]),
        ...(color === "green" && this.smokeTest && { smokeTest: this.smokeTest }),
      };
    }
    this.decision = blueGreen.decide(policy, this.decision?.state, { at: this.at, tracks });
    this.events.push(...this.decision.events);
    return this;
  }

  kinds(): string[] {
    return this.events.map(({ kind }) => kind);
  }
}

function switched(): Switch {
  const rollout = new Switch();
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

  test("without data nothing passes: the switch waits", () => {
    const rollout = switched().after(61).after(1000);
    expect(rollout.phase).toBe("watching");
    expect(rollout.events.filter(({ kind }) => kind === "extended")).toHaveLength(1);
    rollout.after(1, { green: good(4000) });
    expect(rollout.phase).toBe("standby");
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
