import type { CanaryPolicy } from "../../lib/strategies/canary/policy";
import { canary } from "../../lib/strategies/canary/strategy";
import { CanaryRollout, good, none, policy } from "../support/canary-rollout";

const begin = (change: Partial<CanaryPolicy> = {}): CanaryRollout =>
  new CanaryRollout({ ...policy, ...change }).after(0);

describe("commands to a canary", () => {
  it("abort sends all traffic back with the reason, even after a promotion", () => {
    const rollout = begin().after(60, { stable: good(4000), canary: good(200) });
    const aborted = canary.abort(policy, rollout.state, 90, "rollback drill");
    expect(aborted.weights).toEqual({ "1.0.0": 100, "1.1.0": 0 });
    expect(aborted.events.map(({ message }) => message)).toEqual(["rollback drill: rolled back after 1m30s at 50%"]);
    expect(canary.abort(policy, aborted.state, 95, "again").events).toEqual([]);
    rollout.after(60, { stable: good(2000), canary: good(2000) }).after(60, { stable: none, canary: good(4000) });
    expect(rollout.state.phase).toBe("promoted");
    expect(canary.abort(policy, rollout.state, 500, "complaints").weights).toEqual({ "1.0.0": 100, "1.1.0": 0 });
  });

  it("abort works before the first evaluation", () => {
    expect(canary.abort(policy, undefined, 0, "no").state.phase).toBe("rolled-back");
  });

  it("resume continues a paused rollout where it stopped", () => {
    const rollout = begin({ onInsufficientData: "pause" }).after(60, { stable: good(1000), canary: good(60) });
    expect(rollout.outcome).toBe("paused");
    expect(rollout.after(1000, { stable: good(1000), canary: good(60) }).weight).toBe(5);
    const resumed = canary.resume(rollout.policy, rollout.state, rollout.at);
    expect(resumed.weights).toEqual({ "1.0.0": 95, "1.1.0": 5 });
    rollout.state = resumed.state;
    expect(rollout.after(1).weight).toBe(50);
    expect(canary.resume(rollout.policy, rollout.state, 0).events).toEqual([]);
  });
});

it("leaves a rollout that has ended as it is", () => {
  const rollout = begin();
  for (let i = 0; i < 3; i++) rollout.after(10, { stable: good(4000), canary: { ...good(200), errors: 60 } });
  const { state } = rollout;
  expect(canary.decide(policy, state, { at: 1e6, tracks: {} })).toEqual({
    state,
    weights: { "1.0.0": 100, "1.1.0": 0 },
    events: [],
  });
});
