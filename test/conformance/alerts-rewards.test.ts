import { planBanditRollout, type BanditRolloutProps } from "../../lib";
import { CONTRACT } from "../../lib/core/contract";
import { describeWithPromtool, testRules, type RuleCase } from "../support/promtool";
import { answers, feedback, type SeriesValues, type Source } from "../support/rule-series";

const first: Source = { namespace: "ml", model: "digits", version: "1.0.0" };
const second: Source = { ...first, version: "1.1.0" };
const third: Source = { ...first, version: "1.2.0+b" };
const strangers: readonly Source[] = [
  { ...second, version: "1x0.0" },
  { ...second, model: "letters" },
  { ...second, namespace: "dev" },
];

const props: BanditRolloutProps = {
  arms: [first, second, third].map(({ version }) => ({ version, uri: `s3://models/digits/${version}/model.onnx` })),
  reward: { metric: "clicked" },
  traffic: { warmUp: { rewards: 100 } },
  analysis: { minimumSamples: 60 },
  objectives: { errorRate: 0.01 },
  routing: { istio: { hosts: ["digits.example.com"], gateways: ["istio-ingress/public"] } },
  namespace: "ml",
};

function outcome(changes: Partial<BanditRolloutProps>, ...cases: RuleCase[]): string[] {
  const { objects } = planBanditRollout("digits", { ...props, ...changes });
  const role = Object.keys(objects).find((each) => each.endsWith("-comparison")) ?? "";
  return testRules(objects[role]?.manifest.spec, cases);
}

/** Requests a minute for two hours, and how many of them got a reward of 0 or 1. */
function rewarded(source: Source, requests: number, rewards: number, earned: number): SeriesValues {
  const squares = Object.entries(feedback(source, "clicked", rewards, earned)).map(([name, values]) => [
    name.replace(CONTRACT.metrics.feedbackSum, CONTRACT.metrics.feedbackSquares),
    values,
  ]);
  return {
    ...answers(source, { 200: `0+${requests}x120` }),
    ...feedback(source, "clicked", rewards, earned),
    ...(Object.fromEntries(squares) as SeriesValues),
  };
}

const well = { ...rewarded(first, 60, 30, 3), ...rewarded(second, 60, 30, 3), ...rewarded(third, 60, 30, 3) };

describeWithPromtool("alerts on the rewards of a bandit, by promtool", () => {
  test("none fires while all arms have equal rewards", () => {
    expect(outcome({}, { name: "well", series: well, firing: { "10m": [], "50m": [] } })).toEqual([]);
  });

  describe("SlipwayFeedbackMissing", () => {
    it("fires if requests are answered and no reward arrives", () => {
      const alerts = [
        {
          at: "30m",
          alert: "SlipwayFeedbackMissing",
          labels: { namespace: "ml", model: "digits", version: "1.1.0", severity: "warning", metric: "clicked" },
          annotations: {
            summary: "digits 1.1.0 gets no feedback for clicked",
            description:
              "It answered 1.8k requests within 1h, and no feedback for clicked arrived. Decisions based on clicked use old values, or none. Check the sender of the feedback.",
          },
        },
      ];
      const series = { ...well, ...rewarded(second, 60, 0, 0) };
      const firing = { "5m": [], "30m": ["SlipwayFeedbackMissing"] };
      expect(outcome({}, { name: "missing", series, firing, alerts })).toEqual([]);
    });

    it("fires if the metric has no series", () => {
      const series = { ...rewarded(first, 60, 30, 3), ...answers(second, { 200: "0+60x120" }) };
      expect(outcome({}, { name: "never", series, firing: { "30m": ["SlipwayFeedbackMissing"] } })).toEqual([]);
    });

    it("does not fire if the arm has hardly any requests, or was removed", () => {
      expect(
        outcome(
          {},
          { name: "hardly any requests", series: { ...well, ...rewarded(second, 0.5, 0, 0) }, firing: { "30m": [] } },
          { name: "removed", series: { ...well, ...rewarded(second, 0, 0, 0) }, firing: { "30m": [] } },
        ),
      ).toEqual([]);
    });

    it("uses a window as long as rewards may take", () => {
      const hour = (source: Source) =>
        Object.entries(rewarded(source, 60, 30, 3)).map(([name, values]) =>
          name.startsWith(CONTRACT.metrics.requests) ? [name, "0+60x150"] : [name, values.replace("x120", "x60 _x90")],
        );
      const series = Object.fromEntries([first, second, third].flatMap(hour)) as SeriesValues;
      const firing = (...names: string[]) => ({ "140m": names });
      expect(outcome({}, { name: "soon", series, firing: firing("SlipwayFeedbackMissing") })).toEqual([]);
      const patient = { traffic: { updateEvery: "2h" } };
      expect(outcome(patient, { name: "patient", series, firing: firing() })).toEqual([]);
    });
  });

  describe("SlipwayArmStarved", () => {
    it("fires if an arm gets less than half of the rewards that its requests should earn", () => {
      const series = { ...well, ...rewarded(third, 60, 6, 1) };
      expect(outcome({}, { name: "starved", series, firing: { "30m": ["SlipwayArmStarved"] } })).toEqual([]);
    });

    it("does not fire if it gets the same share, more than half of it, or has hardly any requests", () => {
      expect(
        outcome(
          {},
          { name: "as large a share", series: { ...well, ...rewarded(third, 20, 10, 1) }, firing: { "30m": [] } },
          { name: "more than half", series: { ...well, ...rewarded(third, 60, 20, 2) }, firing: { "30m": [] } },
          { name: "hardly any", series: { ...well, ...rewarded(third, 0.5, 0.05, 0) }, firing: { "30m": [] } },
        ),
      ).toEqual([]);
    });
  });

  describe("SlipwayArmEarnsLess", () => {
    it("fires if an arm earns less than the first one by more than chance explains", () => {
      const alerts = [
        {
          at: "50m",
          alert: "SlipwayArmEarnsLess",
          labels: { namespace: "ml", model: "digits", version: "1.1.0", severity: "warning", metric: "clicked" },
          annotations: {
            summary: "digits 1.1.0 earns less than 1.0.0",
            description: "Its mean clicked over 1d is 0.05, worse than that of 1.0.0 by more than chance explains.",
          },
        },
      ];
      const series = { ...well, ...rewarded(second, 60, 30, 1.5) };
      expect(
        outcome({}, { name: "less", series, firing: { "3m": [], "50m": ["SlipwayArmEarnsLess"] }, alerts }),
      ).toEqual([]);
    });

    it("respects the direction of the reward", () => {
      const lower = { reward: { metric: "clicked", direction: "lowerIsBetter" as const } };
      const series = { ...well, ...rewarded(second, 60, 30, 1.5) };
      const more = { ...well, ...rewarded(second, 60, 30, 6) };
      expect(outcome(lower, { name: "cheaper", series, firing: { "50m": [] } })).toEqual([]);
      expect(outcome(lower, { name: "dearer", series: more, firing: { "50m": ["SlipwayArmEarnsLess"] } })).toEqual([]);
    });

    it("does not fire if it earns more, if chance may explain it, or if it has few rewards", () => {
      expect(
        outcome(
          {},
          { name: "earns more", series: { ...well, ...rewarded(second, 60, 30, 6) }, firing: { "50m": [] } },
          { name: "chance", series: { ...well, ...rewarded(second, 60, 30, 2.7) }, firing: { "50m": [] } },
          { name: "few rewards", series: { ...well, ...rewarded(second, 1, 0.5, 0) }, firing: { "50m": [] } },
        ),
      ).toEqual([]);
    });
  });

  test("none is about versions that are not arms, other models, or other namespaces", () => {
    const strange = (rewards: number, earned: number) =>
      Object.assign({}, well, ...strangers.map((other) => rewarded(other, 60, rewards, earned))) as SeriesValues;
    expect(
      outcome(
        {},
        { name: "rewarded badly", series: strange(30, 0.1), firing: { "50m": [] } },
        { name: "not rewarded", series: strange(0, 0), firing: { "50m": [] } },
      ),
    ).toEqual([]);
  });
});
