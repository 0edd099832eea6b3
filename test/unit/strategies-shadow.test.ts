import type { Decision, RolloutEvent } from "../../lib/strategies/decision";
import { AGREEMENT, type TrackCounts } from "../../lib/strategies/observation";
import { shadow as strategy } from "../../lib/strategies/shadow/strategy";
import type { ShadowState } from "../../lib/strategies/shadow/policy";
import { good, none, trackCounts, type Answers } from "../support/canary-rollout";
import { shadowPolicy as policy } from "../support/strategy-cases";

const nothing: Required<Answers> = { requests: 0, errors: 0, slow: 0, labels: 0, wrong: 0 };

/** A shadow driven by hand; `labels` are pairs of predictions, `wrong` those that differ. */
class Shadow {
  private at = 0;
  private readonly counts = { live: nothing, shadow: nothing };
  decision: Decision<ShadowState> | undefined;
  readonly events: RolloutEvent[] = [];
  ready = { live: 4, shadow: 1 };

  get mirrored() {
    return this.decision?.mirrors?.[policy.shadow];
  }

  get phase() {
    return this.decision?.state.phase;
  }

  after(seconds: number, answers: { live?: Answers; shadow?: Answers } = {}): this {
    this.at += seconds;
    const tracks: Record<string, TrackCounts> = {};
    for (const role of ["live", "shadow"] as const) {
      const more = { ...nothing, ...(answers[role] ?? none) };
      const sum = (key: keyof Answers) => this.counts[role][key] + more[key];
      this.counts[role] = {
        requests: sum("requests"),
        errors: sum("errors"),
        slow: sum("slow"),
        labels: sum("labels"),
        wrong: sum("wrong"),
      };
      const { metrics, ...counts } = trackCounts(this.counts[role], this.ready[role]);
      tracks[policy[role]] = { ...counts, metrics: role === "shadow" ? { [AGREEMENT]: metrics["accuracy"]! } : {} };
    }
    this.decision = strategy.decide(policy, this.decision?.state, { at: this.at, tracks });
    this.events.push(...this.decision.events);
    return this;
  }
}

const mirroring = () => {
  const shadow = new Shadow();
  shadow.ready.shadow = 2;
  return shadow.after(0, { live: good(1000) });
};

test("users stay on the live version, and mirroring starts when the shadow has enough replicas", () => {
  const shadow = new Shadow().after(0, { live: good(1000) });
  // Half of the requests, at half of the live replicas' share: one replica of four.
  expect(shadow.mirrored).toBe(50);
  const small = new Shadow();
  small.ready.live = 12;
  small.after(0, { live: good(1000) }).after(1);
  expect(small.mirrored).toBe(0);
  expect(small.events.map(({ message }) => message).at(-1)).toBe(
    "1.1.0: 1 of 3 replicas are ready for 50% of the traffic",
  );
  for (const { decision } of [shadow, small]) expect(decision?.weights).toEqual({ "1.0.0": 100, "1.1.0": 0 });
});

test("a shadow that agrees and meets the objectives passes when its time is over, and mirroring continues", () => {
  const shadow = mirroring().after(59, { live: good(2000), shadow: good(1000) });
  expect(shadow.phase).toBe("mirroring");
  shadow.after(1);
  expect([shadow.phase, shadow.mirrored]).toEqual(["passed", 50]);
  expect(strategy.outcome(shadow.decision!.state)).toBe("completed");
  expect(shadow.events.at(-1)?.message).toMatch(/98% of 500 predictions agree, at least 95% required/);
});

test("without predictions to compare nothing passes", () => {
  const shadow = mirroring()
    .after(60, { live: good(2000), shadow: { ...good(1000), labels: 0, wrong: 0 } })
    .after(600);
  expect(shadow.phase).toBe("mirroring");
  expect(shadow.events.at(-1)).toMatchObject({ kind: "extended" });
  expect(shadow.events.at(-1)?.message).toContain("agreement: 0 of 100 pairs of predictions");
});

test.each<[string, Answers, RegExp]>([
  [
    "predictions that differ",
    { requests: 20, labels: 20, wrong: 4 },
    /agreement: .* predictions agree, at least 95% required/,
  ],
  ["errors", { requests: 20, errors: 4, labels: 16 }, /error rate/],
  ["a latency beyond the objective", { requests: 20, slow: 10, labels: 20 }, /p9?\d/],
])("%s stop the mirroring, without any effect on users", (_what, answers, why) => {
  const shadow = mirroring();
  for (let i = 0; i < 60 && shadow.phase === "mirroring"; i++) shadow.after(0.5, { live: good(100), shadow: answers });
  expect([shadow.phase, shadow.mirrored]).toEqual(["failed", 0]);
  expect(strategy.outcome(shadow.decision!.state)).toBe("rolled-back");
  expect(shadow.decision?.weights).toEqual({ "1.0.0": 100, "1.1.0": 0 });
  expect(shadow.events.find(({ kind }) => kind === "gate-failed")?.message).toMatch(why);
  expect(shadow.events.at(-1)?.message).toMatch(/mirroring to 1\.1\.0 stopped; no user was exposed to it$/);
  expect(strategy.evidence(policy, shadow.decision!.state).some(({ verdict }) => verdict === "fail")).toBe(true);
});
