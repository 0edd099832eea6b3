import { promqlProblems } from "../support/promql";
import { checkRules, describeWithPromtool, testRules } from "../support/promtool";

const rules = {
  groups: [
    {
      name: "digits",
      rules: [
        { record: "digits:requests:rate5m", expr: "sum by (version) (rate(requests_total[5m]))" },
        { alert: "DigitsDown", expr: "up == 0", for: "5m", labels: { severity: "page" } },
      ],
    },
  ],
};

function rulesOf(expr: string): object {
  return {
    groups: [{ name: "digits", rules: [{ record: "digits:value", expr }] }],
  };
}

it("accepts rules that Prometheus would load", () => {
  expect(checkRules(rules)).toEqual([]);
});

it("reports that there are no rules", () => {
  expect(checkRules(undefined)).toEqual(["there are no rules"]);
  expect(checkRules({ groups: [{ name: "digits", rules: [] }] })).toEqual(["there are no rules"]);
});

it.each(["sum(rate(requests_total[5m])", "sum bye (version) (up)", "up{version=1}"])("does not accept %s", (expr) => {
  expect(checkRules(rulesOf(expr))).not.toEqual([]);
  expect(promqlProblems(expr)).not.toEqual([]);
});

describeWithPromtool("rules over sample series", () => {
  it("rejects an expression of the wrong type", () => {
    expect(checkRules(rulesOf("rate(requests_total)"))).toEqual([expect.stringContaining("range vector")]);
  });

  it("reports nothing when alerts and recorded values are as expected", () => {
    const problems = testRules(rules, [
      { name: "up", series: { 'up{job="digits"}': "1x20" }, firing: { "20m": [] } },
      {
        name: "down",
        series: { 'up{job="digits"}': "1x5 0x20" },
        firing: { "5m": [], "10m": [], "12m": ["DigitsDown"] },
      },
      {
        name: "busy",
        series: { 'requests_total{version="1.0.0"}': "0+60x20" },
        firing: {},
        values: [
          { at: "10m", expr: "digits:requests:rate5m", samples: { 'digits:requests:rate5m{version="1.0.0"}': 1 } },
        ],
      },
    ]);
    expect(problems).toEqual([]);
  });

  it("reports an alert that does not fire, and one that should not", () => {
    const down = { 'up{job="digits"}': "0x20" };
    const silent = testRules(rules, [{ name: "down", series: down, firing: { "2m": ["DigitsDown"] } }]);
    expect(silent).toEqual([expect.stringContaining("DigitsDown")]);
    const early = testRules(rules, [{ name: "down", series: down, firing: { "10m": [] } }]);
    expect(early).toEqual([expect.stringContaining("DigitsDown")]);
  });
});
