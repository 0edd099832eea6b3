import type { TrackCounts } from "../../lib/strategies/observation";
import { argoLike, flaggerLike, peer, type PeerPolicy } from "../bench/streams/peers";

/** A minute of 100 requests to the canary, by the number of its errors. */
const minutes = (policy: PeerPolicy, errors: readonly number[]) => {
  let [requests, failed] = [0, 0];
  const observe = () => ({ tracks: { "1.0.0": counts(0, 0), "1.1.0": counts(requests, failed) } });
  let decision = peer.decide(policy, undefined, { at: 0, ...observe() });
  return errors.map((each, i) => {
    requests += each < 0 ? 0 : 100;
    failed += Math.max(0, each);
    decision = peer.decide(policy, decision.state, { at: 60 * (i + 1), ...observe() });
    return peer.outcome(decision.state) ?? decision.weights["1.1.0"];
  });
};

const counts = (requests: number, errors: number): TrackCounts => ({
  requests,
  errors,
  latency: { bounds: [0.1, 1], counts: [requests, 0, 0] },
  metrics: {},
  readyReplicas: 1,
});

const NO_REQUESTS = -1;

test("Argo-like: the fourth failed measurement aborts, and failures in between do not stop the steps", () => {
  const argo = argoLike([5, 50], 120, 0.95);
  expect(minutes(argo, [0, 9, 0, 9])).toEqual([5, 50, 50, "promoted"]);
  expect(minutes(argo, [9, 9, 9, 9])).toEqual([5, 50, 50, "rolled-back"]);
  expect(minutes(argo, [9, NO_REQUESTS, 0, 0])).toEqual([5, 50, 50, "promoted"]);
});

test("Flagger-like: a failed check halts the rollout, and the fifth rolls it back", () => {
  const flagger = flaggerLike([5, 50], 120, 0.99, 0.5);
  expect(minutes(flagger, [0, 9, 0, 0, 0])).toEqual([5, 5, 50, 50, "promoted"]);
  expect(minutes(flagger, [9, 0, NO_REQUESTS, 9, 9, 9])).toEqual([5, 50, 50, 50, 50, "rolled-back"]);
});
