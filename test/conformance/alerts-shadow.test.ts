import { planShadowDeployment } from "../../lib";
import { versions, rolloutProps } from "../support/plans";
import { describeWithPromtool, testRules, type RuleCase } from "../support/promtool";
import { comparisons, type Source } from "../support/rule-series";

const shadow: Source = { namespace: "ml", model: "digits", version: "2.3.0" };
const labels = { namespace: "ml", model: "digits", version: "2.3.0" };

const plan = planShadowDeployment("digits", {
  ...rolloutProps,
  namespace: "ml",
  live: versions.stable,
  shadow: versions.canary,
  agreement: { atLeast: 0.95, minimumPairs: 300 },
});
const rules = plan.objects["2-2-0-2-3-0-comparison"]?.manifest.spec;
const outcome = (...cases: RuleCase[]) => testRules(rules, cases);

describeWithPromtool("alerts on a shadow's predictions, by promtool", () => {
  test("one fires if too many differ", () => {
    const alerts = [
      {
        at: "30m",
        alert: "SlipwayShadowDiffers",
        labels: { ...labels, severity: "critical" },
        annotations: {
          summary: "predictions of digits 2.3.0 differ from those of 2.2.0",
          description:
            "Only 90% of its predictions agree with those of 2.2.0; at least 95% should. Users do not get them. Samples: GET /v2/models/digits/comparison on its pods.",
        },
      },
    ];
    const series = comparisons(shadow, { agreed: 45, differing: 5 });
    expect(outcome({ name: "differs", series, firing: { "2m": [], "30m": ["SlipwayShadowDiffers"] }, alerts })).toEqual(
      [],
    );
  });

  test("one fires if most are not paired", () => {
    const series = comparisons(shadow, { agreed: 10, differing: 0, unpaired: 20 });
    expect(outcome({ name: "unpaired", series, firing: { "30m": ["SlipwayShadowNotCompared"] } })).toEqual([]);
    const alone = comparisons(shadow, { agreed: 0, differing: 0, unpaired: 20 });
    expect(outcome({ name: "alone", series: alone, firing: { "30m": ["SlipwayShadowNotCompared"] } })).toEqual([]);
  });

  test.each([
    ["few differ", comparisons(shadow, { agreed: 49, differing: 1 })],
    ["there are too few pairs", comparisons(shadow, { agreed: 10, differing: 5 })],
    ["nothing is copied", comparisons(shadow, { agreed: 0, differing: 0 })],
    ["some find no partner", comparisons(shadow, { agreed: 50, differing: 0, unpaired: 20 })],
    ["another version differs", comparisons({ ...shadow, version: "2.4.0" }, { agreed: 0, differing: 50 })],
    ["another namespace differs", comparisons({ ...shadow, namespace: "dev" }, { agreed: 0, differing: 50 })],
  ])("none fires if %s", (name, series) => {
    expect(outcome({ name, series, firing: { "30m": [], "55m": [] } })).toEqual([]);
  });
});
