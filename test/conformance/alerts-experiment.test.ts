import { planAbTest, type AbTestProps } from "../../lib";
import { describeWithPromtool, testRules, type RuleCase } from "../support/promtool";
import { answers, feedback, newUsers, requestsByGroup, type Source } from "../support/rule-series";

const control: Source = { namespace: "ml", model: "digits", version: "1.0.0" };
const variant: Source = { ...control, version: "1.1.0" };
const strangers: readonly Source[] = [
  { ...variant, model: "letters" },
  { ...variant, namespace: "dev" },
];

const props: AbTestProps = {
  variants: [control, variant].map(({ version }) => ({ version, uri: `s3://models/digits/${version}/model.onnx` })),
  split: { "1.0.0": 80, "1.1.0": 20 },
  metric: { name: "clicked", minimumEffect: 0.1 },
  duration: "14d",
  unit: { cookie: {} },
  running: true,
  expected: { valuesPerHour: 6000, mean: 0.1 },
  analysis: { minimumSamples: 100 },
  objectives: { errorRate: 0.01 },
  routing: { istio: { hosts: ["digits.example.com"], gateways: ["istio-ingress/public"] } },
  namespace: "ml",
};

function outcome(changes: Partial<AbTestProps>, ...cases: RuleCase[]): string[] {
  const { findings, objects } = planAbTest("digits", { ...props, ...changes });
  expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  const role = Object.keys(objects).find((each) => each.endsWith("-comparison")) ?? "";
  return testRules(objects[role]?.manifest.spec, cases);
}

/** Requests a minute to the two versions, for two hours, each of a new user and with feedback. */
function traffic(ofControl: number, ofVariant: number): Record<string, string> {
  return {
    ...answers(control, { 200: `0+${ofControl}x120` }),
    ...answers(variant, { 200: `0+${ofVariant}x120` }),
    ...newUsers(control, `0+${ofControl}x120`),
    ...(ofVariant > 0 && newUsers(variant, `0+${ofVariant}x120`)),
    ...feedback(control, "clicked", ofControl, 0.1 * ofControl),
    ...feedback(variant, "clicked", ofVariant, 0.1 * ofVariant),
    ...Object.assign({}, ...strangers.map((source) => answers(source, { 200: "0+5000x120" }))),
  };
}

describeWithPromtool("alerts on a running test, by promtool", () => {
  test("none fires while the split is as declared and feedback arrives", () => {
    expect(outcome({}, { name: "well", series: traffic(800, 200), firing: { "20m": [], "110m": [] } })).toEqual([]);
  });

  describe("SlipwaySplitBroken", () => {
    it("fires for the version whose share is off by more than a tenth", () => {
      const alerts = [
        {
          at: "40m",
          alert: "SlipwaySplitBroken",
          labels: { namespace: "ml", model: "digits", version: "1.1.0", severity: "critical" },
          annotations: {
            summary: "digits 1.1.0 does not get its share of the new users",
            description:
              "It gets 15% of them; 20% is declared. Something routes users around the split, so the groups of users are no longer comparable. Stop the test (`running: false`) and find the cause.",
          },
        },
      ];
      const firing = { "10m": [], "40m": ["SlipwaySplitBroken"] };
      expect(outcome({}, { name: "misrouted", series: traffic(850, 150), firing, alerts })).toEqual([]);
    });

    it("fires if a version gets nothing at all", () => {
      const firing = { "40m": ["SlipwaySplitBroken"] };
      expect(outcome({}, { name: "nothing", series: traffic(1000, 0), firing })).toEqual([]);
    });

    it("does not fire for a small deviation, for one that chance explains, or after a change of the split", () => {
      const changed = {
        ...traffic(800, 200),
        ...newUsers(control, "0+500x60 30800+800x59"),
        ...newUsers(variant, "0+500x60 30200+200x59"),
      };
      const firing = { "40m": [] };
      expect(
        outcome(
          {},
          { name: "a little", series: traffic(785, 215), firing },
          { name: "chance", series: traffic(8, 1), firing },
          {
            name: "changed",
            series: changed,
            firing: { "65m": ["SlipwaySplitBroken"], "72m": [], "110m": [] },
          },
        ),
      ).toEqual([]);
    });

    describe("for users who bring their own bucket", () => {
      const byHeader = { unit: { header: {} } };
      /** Requests a minute by group; every fifth group has a user with many. */
      const groups = (usual: number, heavy: number) =>
        Array.from({ length: 25 }, (_, group) => `0+${group % 5 === 0 ? usual + heavy : usual}x120`);
      const requests = (ofControl: readonly string[], ofVariant: readonly string[]) => ({
        ...traffic(800, 200),
        ...requestsByGroup(control, ofControl),
        ...requestsByGroup(variant, ofVariant),
      });

      it("fires if all groups make fewer requests, and not because of a few heavy users", () => {
        const misrouted = requests(groups(34, 0), groups(6, 0));
        const heavy = requests(groups(30, 10), groups(6, 40));
        expect(
          outcome(
            byHeader,
            { name: "misrouted", series: misrouted, firing: { "10m": [], "40m": ["SlipwaySplitBroken"] } },
            { name: "heavy", series: heavy, firing: { "40m": [] } },
            { name: "without buckets", series: traffic(500, 500), firing: { "40m": [] } },
          ),
        ).toEqual([]);
      });
    });

    it("does not exist for a test that is not running", () => {
      expect(outcome({ running: false }, { name: "over", series: traffic(1000, 0), firing: { "40m": [] } })).toEqual(
        [],
      );
    });
  });

  describe("SlipwayFeedbackMissing", () => {
    it("fires for the version that gets none", () => {
      const series = { ...traffic(800, 200), ...feedback(variant, "clicked", 0, 0) };
      expect(outcome({}, { name: "none", series, firing: { "40m": ["SlipwayFeedbackMissing"] } })).toEqual([]);
    });

    it("does not fire if there are hardly any requests", () => {
      const series = { ...traffic(4, 1), ...feedback(variant, "clicked", 0, 0) };
      expect(outcome({}, { name: "hardly any", series, firing: { "40m": [] } })).toEqual([]);
    });
  });
});
