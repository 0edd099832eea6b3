import type { AbTestPolicy } from "../../lib/strategies/ab-test/policy";
import type { BanditPolicy } from "../../lib/strategies/bandit/policy";
import { strategyOf, type RolloutPolicy } from "../../lib/strategies/registry";
import type { Decision } from "../../lib/strategies/decision";
import type { TrackCounts } from "../../lib/strategies/observation";
import { blueGreenPolicy, shadowPolicy, STRATEGY_CASES } from "../support/strategy-cases";
import { policy as canaryPolicy, trackCounts } from "../support/canary-rollout";

const policyOf = <Policy extends RolloutPolicy>(name: Policy["strategy"]): Policy =>
  STRATEGY_CASES.map(({ policy }) => policy).find(({ strategy }) => strategy === name) as Policy;

/** Counts of a track on which nothing was requested. */
const idle = (readyReplicas: number): TrackCounts =>
  trackCounts({ requests: 0, errors: 0, slow: 0, labels: 0, wrong: 0 }, readyReplicas);

/** Decisions at some times, on tracks without a single request. */
function idleRollout(policy: RolloutPolicy, times: readonly number[], readyReplicas = 4): Decision<unknown>[] {
  const strategy = strategyOf(policy);
  const tracks = Object.fromEntries(strategy.tracks(policy).map((name) => [name, idle(readyReplicas)]));
  const decisions: Decision<unknown>[] = [];
  for (const at of times) decisions.push(strategy.decide(policy, decisions.at(-1)?.state, { at, tracks }));
  return decisions;
}

const paused = (decisions: readonly Decision<unknown>[]) =>
  decisions.flatMap(({ events }) => events.filter(({ kind }) => kind === "paused"));

test.each<[string, RolloutPolicy, number, string]>([
  ["the samples of a canary", canaryPolicy, 4, "0 of 100 requests; errors: 0 of 100 requests"],
  ["the replicas of a canary", canaryPolicy, 1, "1.1.0: 1 of 2 replicas are ready for 5% of the traffic"],
  ["the smoke test of green", blueGreenPolicy, 4, "smoke test: 0 of 20 recorded requests"],
  ["the pairs of a shadow", shadowPolicy, 4, "agreement: 0 of 100 pairs of predictions"],
  ["the values of a test", policyOf<AbTestPolicy>("ab-test"), 4, "1.1.0: 0 of 100 values of clicked per variant"],
  ["the replicas of a test", policyOf<AbTestPolicy>("ab-test"), 0, "1.0.0, 1.1.0, 1.2.0: no replica is ready"],
  ["the rewards of a bandit", policyOf<BanditPolicy>("bandit"), 4, "1.2.0: 0 of 100 rewards"],
])("a rollout that lacks %s pauses at its deadline and says so", (_what, base, readyReplicas, missing) => {
  const policy = { ...base, deadlineSeconds: 90 };
  const [, before, late] = idleRollout(policy, [0, 89, 90], readyReplicas);
  expect(strategyOf(policy).outcome(before?.state)).toBeUndefined();
  expect(strategyOf(policy).outcome(late?.state)).toBe("paused");
  expect(late?.weights).toEqual(before?.weights);
  const [event] = paused([late!]);
  expect(event?.message).toMatch(/^paused at the deadline of 1m30s: /);
  expect(event?.message).toContain(missing);
});

test("a rollout pauses once; resuming it gives it the same time again", () => {
  const policy = { ...blueGreenPolicy, deadlineSeconds: 90 };
  const strategy = strategyOf(policy);
  const decisions = idleRollout(policy, [0, 90, 91, 200]);
  expect(paused(decisions)).toHaveLength(1);
  const resumed = strategy.resume(policy, decisions.at(-1)?.state, 300);
  expect(resumed.events).toEqual([{ at: 300, kind: "resumed", message: "resumed at 100% 1.0.0, 0% 1.1.0" }]);
  const tracks = { "1.0.0": idle(4), "1.1.0": idle(4) };
  const at = (seconds: number) => strategy.decide(policy, resumed.state, { at: seconds, tracks });
  expect(strategy.outcome(at(389).state)).toBeUndefined();
  expect(strategy.outcome(at(390).state)).toBe("paused");
});

test("a deadline before the declared end says that time is what is missing", () => {
  const policy = { ...policyOf<BanditPolicy>("bandit"), minimumRewards: 0, deadlineSeconds: 90 };
  expect(paused(idleRollout(policy, [0, 50, 90]))[0]?.message).toMatch(/: its declared time is not over$/);
});
