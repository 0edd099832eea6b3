/**
 * Rollouts simulated request by request, with an evaluation after every one and gates of every kind: how often a good
 * canary is rolled back, and how soon a bad one is. Seeds are fixed; the bounds allow for the small number of runs.
 * `npm run bench:policy` prints a longer table.
 */
import { detect, gatesFor, healthy, policyFor, quantile, simulate } from "../support/canary-simulation";

const weights = [5, 10, 25, 50, 100];

/** The expected number of successes less 1.64 standard deviations: one test in twenty would fall below it. */
const leastOf = (runs: number, chance: number): number =>
  runs * chance - 1.64 * Math.sqrt(runs * chance * (1 - chance));

describe("an equal canary", () => {
  it.each([
    ["1% of errors", 0.01, 0.02, 20],
    ["0.1% of errors, exactly at the objective", 0.001, 0.001, 10],
  ])("is promoted, not rolled back, at %s", (_, errorRate, objective, runs) => {
    const policy = policyFor(weights, 60, gatesFor(objective));
    const track = { ...healthy, errorRate };
    const outcomes = Array.from(
      { length: runs },
      (_run, i) => simulate({ seed: i, policy, stable: track, canary: track }).outcome,
    );
    // At the declared 1%, more than 1 of 20 is rolled back in less than 2% of the cases.
    expect(outcomes.filter((outcome) => outcome === "rolled-back").length).toBeLessThanOrEqual(1);
    expect(outcomes.filter((outcome) => outcome === "promoted").length).toBeGreaterThan(0.9 * runs);
  });
});

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
