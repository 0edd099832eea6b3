import { planCanaryRollout, type CanaryRolloutProps } from "../../lib";
import { describeWithPromtool, testRules, type RuleCase } from "../support/promtool";
import { answers, feedback, latencies, type Source } from "../support/rule-series";

const stable: Source = { namespace: "ml", model: "digits", version: "1.0.0" };
const canary: Source = { namespace: "ml", model: "digits", version: "1.1.0" };
const strangers: readonly (readonly [string, Source])[] = [
  ["another version", { ...canary, version: "1.2.0" }],
  ["another model", { ...canary, model: "letters" }],
  ["another namespace", { ...canary, namespace: "dev" }],
];
const severe = { namespace: "ml", model: "digits", version: "1.1.0", severity: "critical" };

const props: CanaryRolloutProps = {
  stable: { version: stable.version, uri: "s3://models/digits/1.0.0/model.onnx" },
  canary: { version: canary.version, uri: "s3://models/digits/1.1.0/model.onnx" },
  objectives: { latencyP95: "250ms", errorRate: 0.01 },
  analysis: {
    latencyMargin: 0.2,
    errorRateMargin: 0.5,
    minimumSamples: 60,
    metrics: [
      { name: "accuracy", margin: 0.05, minimumSamples: 40 },
      { name: "cost", direction: "lowerIsBetter", upperBound: 10, margin: 0.1, minimumSamples: 40 },
    ],
  },
  routing: { istio: { hosts: ["digits.example.com"], gateways: ["istio-ingress/public"] } },
};

/** The rules that compare both versions. */
function rules(namespace?: string): object | undefined {
  const plan = planCanaryRollout(stable.model, { ...props, ...(namespace !== undefined && { namespace }) });
  return plan.objects["1-0-0-1-1-0-comparison"]?.manifest.spec;
}

const outcome = (...cases: RuleCase[]) => testRules(rules("ml"), cases);

const fast = (source: Source, all = 1000) => latencies(source, { "0.025": all * 0.9, "0.05": all }, all);
const slow = (source: Source, all = 100) => latencies(source, { "0.05": all * 0.9, "0.1": all }, all);

describeWithPromtool("alerts on the comparison of two versions, by promtool", () => {
  describe("SlipwayVersionSlower", () => {
    it("fires if the canary's p95 is over the stable version's by more than the margin", () => {
      const alerts = [
        {
          at: "12m",
          alert: "SlipwayVersionSlower",
          labels: severe,
          annotations: {
            summary: "digits 1.1.0 is slower than 1.0.0",
            description: "Its p95 is 75ms, more than 20% above that of 1.0.0.",
          },
        },
      ];
      const series = { ...fast(stable), ...slow(canary) };
      expect(
        outcome({ name: "slower", series, firing: { "2m": [], "12m": ["SlipwayVersionSlower"] }, alerts }),
      ).toEqual([]);
    });

    it.each([
      ["the canary is as fast", { ...fast(stable), ...fast(canary, 100) }],
      ["the stable version is slower", { ...slow(stable, 1000), ...fast(canary, 100) }],
      ["the canary has too few requests", { ...fast(stable), ...slow(canary, 10) }],
      ["the stable version has too few requests", { ...fast(stable, 10), ...slow(canary, 1000) }],
      ["the canary has no requests", { ...fast(stable), ...slow(canary, 0) }],
      ["the stable version has no requests", { ...fast(stable, 0), ...slow(canary) }],
      [
        "the canary is slower, and far from its objective",
        {
          ...latencies(stable, { "0.001": 900, "0.005": 1000 }, 1000),
          ...latencies(canary, { "0.005": 90, "0.025": 100 }, 100),
        },
      ],
    ])("does not fire if %s", (name, series) => {
      expect(outcome({ name, series, firing: { "12m": [], "25m": [] } })).toEqual([]);
    });
  });

  describe("SlipwayVersionFailsMore", () => {
    it("fires if the canary fails more often than the stable version by more than the margin", () => {
      const alerts = [
        {
          at: "12m",
          alert: "SlipwayVersionFailsMore",
          labels: severe,
          annotations: {
            summary: "digits 1.1.0 fails more often than 1.0.0",
            description: "5% of its requests fail, more than 50% above 1.0.0.",
          },
        },
      ];
      const series = {
        ...answers(stable, { 200: "0+980x30", 500: "0+20x30" }),
        ...answers(canary, { 200: "0+95x30", 422: "0+5x30" }),
      };
      const firing = { "2m": [], "12m": ["SlipwayVersionFailsMore"] };
      expect(outcome({ name: "fails more", series, firing, alerts })).toEqual([]);
    });

    it("fires if the stable version never fails", () => {
      const series = {
        ...answers(stable, { 200: "0+1000x30" }),
        ...answers(canary, { 200: "0+95x30", 503: "0+5x30" }),
      };
      expect(outcome({ name: "never", series, firing: { "12m": ["SlipwayVersionFailsMore"] } })).toEqual([]);
    });

    it.each([
      ["both fail as often", { 200: "0+950x30", 500: "0+50x30" }, { 200: "0+95x30", 500: "0+5x30" }],
      ["the difference is within the margin", { 200: "0+950x30", 500: "0+50x30" }, { 200: "0+93x30", 500: "0+7x30" }],
      ["the objective is kept all the same", { 200: "0+1000x30" }, { 200: "0+995x30", 500: "0+5x30" }],
      ["one request of few failed", { 200: "0+1000x30" }, { 200: "0+4x30", 500: "0x8 1x22" }],
      ["a few requests of few failed", { 200: "0+1000x30" }, { 200: "0+4x30", 500: "0x5 1 1 2 2 3 3 4x20" }],
      ["callers send nonsense", { 200: "0+1000x30" }, { 200: "0+50x30", 400: "0+50x30" }],
      ["the canary has no requests", { 200: "0+1000x30", 500: "0+50x30" }, { 200: "0x30", 500: "9x30" }],
      ["the stable version has no requests", { 200: "9x30" }, { 200: "0+1000x30", 500: "0+50x30" }],
    ])("does not fire if %s", (name, ofStable, ofCanary) => {
      const series = { ...answers(stable, ofStable), ...answers(canary, ofCanary) };
      const times = ["7m", "9m", "11m", "12m", "13m", "14m", "25m"];
      expect(outcome({ name, series, firing: Object.fromEntries(times.map((at) => [at, []])) })).toEqual([]);
    });
  });

  describe("SlipwayVersionWorse", () => {
    it("fires if the canary's mean is worse than the stable version's by more than the margin", () => {
      const alerts = [
        {
          at: "30m",
          alert: "SlipwayVersionWorse",
          labels: { ...severe, metric: "accuracy" },
          annotations: {
            summary: "digits 1.1.0 is worse than 1.0.0 on accuracy",
            description: "Its mean accuracy is 0.8, more than 5% worse than that of 1.0.0.",
          },
        },
      ];
      const series = { ...feedback(stable, "accuracy", 100, 97), ...feedback(canary, "accuracy", 10, 8) };
      expect(outcome({ name: "worse", series, firing: { "2m": [], "30m": ["SlipwayVersionWorse"] }, alerts })).toEqual(
        [],
      );
    });

    it("respects the direction of the metric", () => {
      const dearer = { ...feedback(stable, "cost", 100, 200), ...feedback(canary, "cost", 10, 25) };
      const cheaper = { ...feedback(stable, "cost", 100, 200), ...feedback(canary, "cost", 10, 15) };
      expect(
        outcome(
          { name: "dearer", series: dearer, firing: { "30m": ["SlipwayVersionWorse"] } },
          { name: "cheaper", series: cheaper, firing: { "30m": [] } },
        ),
      ).toEqual([]);
    });

    it.each([
      ["both are as good", [100, 97], [10, 9.7]],
      ["the difference is within the margin", [100, 97], [10, 9.4]],
      ["the canary is better", [100, 80], [10, 9.7]],
      ["few values arrived for the canary", [100, 97], [1, 0.5]],
      ["few values arrived for the stable version", [1, 1], [100, 50]],
      ["no values arrived for the canary", [100, 97], [0, 0]],
    ] as const)("does not fire if %s", (name, [values, sum], [ofCanary, sumOfCanary]) => {
      const series = {
        ...feedback(stable, "accuracy", values, sum),
        ...feedback(canary, "accuracy", ofCanary, sumOfCanary),
      };
      expect(outcome({ name, series, firing: { "15m": [], "35m": [] } })).toEqual([]);
    });
  });

  describe("the comparison of two versions", () => {
    const healthy = {
      ...fast(stable),
      ...answers(stable, { 200: "0+1000x30" }),
      ...feedback(stable, "accuracy", 100, 97),
    };
    const bad = (source: Source) => ({
      ...slow(source),
      ...answers(source, { 200: "0+50x30", 500: "0+50x30" }),
      ...feedback(source, "accuracy", 100, 50),
    });
    const all = ["SlipwayVersionFailsMore", "SlipwayVersionSlower", "SlipwayVersionWorse"];

    it.each(strangers)("is not about %s", (name, other) => {
      const series = { ...healthy, ...bad(other), ...fast(canary, 100), ...answers(canary, { 200: "0+100x30" }) };
      expect(outcome({ name, series, firing: { "20m": [] } })).toEqual([]);
    });

    it("is made within each namespace if the plan does not know it", () => {
      const elsewhere = { ...canary, namespace: "dev" };
      const apart = { ...healthy, ...bad(elsewhere) };
      const together = { ...healthy, ...bad(canary) };
      expect(
        testRules(rules(), [
          { name: "apart", series: apart, firing: { "20m": [] } },
          { name: "together", series: together, firing: { "20m": all } },
        ]),
      ).toEqual([]);
    });
  });
});
