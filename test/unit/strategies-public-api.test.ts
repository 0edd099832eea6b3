import { planCanaryRollout, strategies, type Outcome, type RolloutEvent } from "slipway";
import { minimal } from "../support/sample-props";
import { good, none, trackCounts, type Answers } from "../support/canary-rollout";
import { gatesFor } from "../support/canary-simulation";

/** Healthy tracks with so many requests each. */
const counts = (requests: number) => {
  const { errors = 0, slow = 0, labels = 0, wrong = 0 }: Answers = requests === 0 ? none : good(requests);
  return trackCounts({ requests, errors, slow, labels, wrong }, 4);
};

test("a program can drive the policy of a plan from its first evaluation to its outcome", () => {
  const { policy } = planCanaryRollout("recommender", minimal);
  if (policy === undefined) throw new Error("the plan has no policy");
  const gated = { ...policy, gates: gatesFor(0.02), minimumSamples: 100 };
  const strategy = strategies.strategyOf(gated);
  const tracks = strategy.tracks(gated);
  expect(strategy.opening(gated).weights[tracks[0] as string]).toBe(100);
  let state: unknown;
  let outcome: Outcome | undefined;
  const events: RolloutEvent[] = [];
  for (let step = 0; outcome === undefined && step < 1000; step++) {
    const observed = Object.fromEntries(tracks.map((track) => [track, counts(10_000 * step)]));
    const decision = strategy.decide(gated, state, { at: 3600 * step, tracks: observed });
    ({ state } = decision);
    outcome = strategy.outcome(state);
    events.push(...decision.events);
  }
  expect(outcome).toBe("promoted");
  expect(events.at(-1)?.kind).toBe("promoted");
  expect(strategy.evidence(gated, state).every(({ verdict }) => verdict === "pass")).toBe(true);
  expect(strategy.results(gated, state)).toEqual([]);
  expect(strategy.requirements(gated)).toEqual({
    stickyUsers: false,
    metrics: [{ metric: "accuracy", lowerBound: 0, upperBound: 1, maturitySeconds: 0 }],
  });
});
