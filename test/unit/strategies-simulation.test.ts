/**
 * Rollouts simulated request by request, with an evaluation after every one of the canary and gates of every kind: how often a
 * good canary is rolled back, and how soon a bad one is. Seeds are fixed; the bounds allow for the small number of runs.
 * `npm run bench:policy` prints a longer table.
 */
import { canary } from "../../lib/strategies/canary/strategy";
import { detect, gatesFor, healthy, policyFor, quantile, simulate } from "../support/canary-simulation";
import { simulateStream } from "../support/streams/stream-simulation";
import { steady } from "../support/streams/traffic";

const weights = [5, 10, 25, 50, 100];

/** The expected number of successes less 1.64 standard deviations: one test in twenty would fall below it. */
const leastOf = (runs: number, chance: number): number =>
  runs * chance - 1.64 * Math.sqrt(runs * chance * (1 - chance));

describe("an equal canary", () => {
  it("is promoted, not rolled back, at 1% of errors", () => {
    const policy = policyFor(weights, 60, gatesFor(0.02));
    const track = { ...healthy, errorRate: 0.01 };
    expectPromoted(20, (seed) => simulate({ seed, policy, stable: track, canary: track }).outcome);
  });

  // To show so few errors takes thousands of requests, so requests are drawn as counts and not one by one.
  it("is promoted, not rolled back, at 0.1% of errors, exactly at the objective", () => {
    const [stages, requestsPerStage] = [[5, 50], 10_000];
    const policy = policyFor(stages, requestsPerStage, gatesFor(0.001));
    const stream = steady({ errorRate: 0.001 });
    expectPromoted(
      10,
      (seed) =>
        simulateStream({ strategy: canary, policy, seed, stream, secondsPerEvaluation: 15, maxSeconds: 100_000 })
          .outcome,
    );
  });
});

/** At the declared 1%, more than 1 of 20 is rolled back in less than 2% of the cases. */
function expectPromoted(runs: number, outcomeOf: (seed: number) => string | undefined): void {
  const outcomes = Array.from({ length: runs }, (_, seed) => outcomeOf(seed));
  expect(outcomes.filter((outcome) => outcome === "rolled-back").length).toBeLessThanOrEqual(1);
  expect(outcomes.filter((outcome) => outcome === "promoted").length).toBeGreaterThanOrEqual(0.9 * runs);
}

describe("a canary whose errors go from 1% to 10%", () => {
  it.each([
    ["from its first request, at 5%", [5, 100], 100, 60, 130],
    ["with the next weight, after a healthy stage at 5%", [5, 10, 100], 120, 60, 130],
    // Only the stable version's requests of the same time count, and at 50% these are as few as the canary's.
    ["with the weight of 50%", [5, 50, 100], 120, 200, 340],
  ])("is found soon in half of the runs, and in 90%%: %s", (_, stages, perStage, half, most) => {
    const runs = 24;
    const { requests } = detect({
      policy: policyFor(stages, perStage),
      regression: { errorRate: 0.1 },
      stage: stages.length - 2,
      after: 0,
      runs,
    });
    expect(requests.filter((n) => n <= half).length).toBeGreaterThanOrEqual(leastOf(requests.length, 0.5));
    expect(requests.filter((n) => n <= most).length).toBeGreaterThanOrEqual(leastOf(requests.length, 0.9));
  });
});

it("a p95 that doubles is found within 300 canary requests", () => {
  const { requests } = detect({
    policy: policyFor([5, 100], 400),
    regression: { medianLatency: 2 * healthy.medianLatency },
    stage: 0,
    after: 100,
    runs: 20,
  });
  expect(quantile(requests, 1)).toBeLessThanOrEqual(300);
});

it("an accuracy that falls from 97% to 85% is found within 200 labels", () => {
  const { labels } = detect({
    policy: policyFor([5, 100], 400),
    regression: { accuracy: 0.85 },
    stage: 0,
    after: 0,
    runs: 20,
    labelled: 1,
  });
  expect(quantile(labels, 0.5)).toBeLessThanOrEqual(120);
  expect(labels.filter((n) => n <= 200).length).toBeGreaterThanOrEqual(leastOf(labels.length, 0.9));
});
