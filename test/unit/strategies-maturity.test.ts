import { planCanaryRollout, type BusinessMetricProps } from "../../lib";
import { canaryProps } from "../support/plans";
import { simulateLabels, type LabelResult, type LabelSimulation } from "../support/label-simulation";

const RUNS = 10;

/** Wrong answers are reported at once, right ones two minutes later. */
const QUICK_COMPLAINTS = { wrong: 0, right: 120 };

function simulate(
  metric: Partial<BusinessMetricProps>,
  { accuracy = { stable: 0.97, canary: 0.97 }, delays = QUICK_COMPLAINTS }: Partial<LabelSimulation> = {},
): LabelResult[] {
  const plan = planCanaryRollout("recommender", {
    ...canaryProps,
    analysis: { metrics: [{ name: "accuracy", ...metric }] },
  });
  return Array.from({ length: RUNS }, (_, run) =>
    simulateLabels({ plan, seed: 500 + run, requestsPerSecond: 20, accuracy, delays }),
  );
}

const outcomes = (results: readonly LabelResult[]): string[] => [...new Set(results.map(({ outcome }) => outcome))];

test("an equal version is promoted if its values are compared at one age, and mostly rolled back if not", () => {
  expect(outcomes(simulate({ maturity: "2m" }))).toEqual(["promoted"]);
  const immediate = simulate({}).filter(({ outcome }) => outcome === "rolled-back");
  expect(immediate.length).toBeGreaterThan(RUNS / 2);
});

test("a worse version is still detected, about as much later as its values are counted later", () => {
  const accuracy = { stable: 0.97, canary: 0.8 };
  const delays = { wrong: 0, right: 0 };
  const medianOf = (maturity: string): number => {
    const results = simulate({ maturity }, { accuracy, delays });
    expect(outcomes(results)).toEqual(["rolled-back"]);
    return results.map(({ seconds }) => seconds).sort((a, b) => a - b)[RUNS / 2] ?? 0;
  };
  const later = medianOf("5m") - medianOf("0s");
  expect(later).toBeGreaterThanOrEqual(270);
  expect(later).toBeLessThanOrEqual(345);
});
