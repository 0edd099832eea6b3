import { formatFinding, planCanaryRollout } from "../../lib";
import { checkDistinctVersions } from "../../lib/constructs/common/rollout-guardrails";
import { checkModelVersion } from "../../lib/constructs/common/schema";
import { Diagnostics } from "../../lib/core/findings/diagnostics";
import { found, evidence, production, withEvidence, type Mistake } from "../support/findings";
import { canaryProps, SHA } from "../support/plans";

describe("stages and time", () => {
  test.each<Mistake>([
    [
      "an interval without a unit",
      { traffic: { interval: "30" } },
      'SLW006 traffic.interval: "30" is not a valid duration.',
    ],
    ["a number for an interval", { traffic: { interval: 30 } }, "SLW006 traffic.interval: 30 is not a valid duration."],
    ["an interval of nothing", { traffic: { interval: "0s" } }, 'SLW006 traffic.interval: "0s" is out of range.'],
    [
      "finer than a millisecond",
      { objectives: { latencyP95: "2.5ms" } },
      'SLW006 objectives.latencyP95: "2.5ms" is not a valid duration.',
    ],
    [
      "a scrape every second and a half",
      { monitoring: { scrapeInterval: "1500ms" } },
      'SLW006 monitoring.scrapeInterval: "1500ms" is not a whole number of seconds.',
    ],
    [
      "a window that the autoscaler does not accept",
      { autoscaling: { scaleDownWindow: "2h" } },
      'SLW006 autoscaling.scaleDownWindow: "2h" is out of range.',
    ],
    [
      "an interval shorter than the metrics show",
      { traffic: { interval: "59s" } },
      "SLW106 traffic.interval: 59s contains fewer than 4 scrapes, one every 15s.",
    ],
    [
      "the stage of another version",
      { traffic: { stage: { canary: "2.2.0", number: 1 } } },
      "SLW105 traffic.stage.canary: the stage was reached by 2.2.0; the canary is now 2.3.0.",
    ],
    [
      "a stage that is not there",
      { traffic: { weights: [25, 100], stage: { canary: "2.3.0", number: 4 } } },
      "SLW104 traffic.stage.number: there is no stage 4.",
    ],
    [
      "half a stage",
      { traffic: { stage: { canary: "2.3.0", number: 1.5 } } },
      "SLW012 traffic.stage.number: 1.5 is not a whole number.",
    ],
    [
      "a stage as well as a controller",
      { traffic: { stage: { canary: "2.3.0", number: 1 } }, controller: { enabled: true } },
      "SLW211 controller.enabled: it is true, but there is no rollout controller yet, so nothing would move the weights.",
      "SLW005 traffic.stage: both this program and a controller set the stage.",
    ],
  ])("%s", (_what, change, ...expected) => {
    expect(found(change)).toEqual(expected);
  });
});

describe("objectives and gates", () => {
  test.each<Mistake>([
    ["none", { objectives: undefined }, "SLW202 objectives: there are no objectives."],
    ["empty", { objectives: {} }, "SLW201 objectives: it is empty, so no gate could ever stop a bad version."],
    ["0 errors", { objectives: { errorRate: 0 } }, "SLW012 objectives.errorRate: 0 is out of range."],
    ["100% errors", { objectives: { errorRate: 1 } }, "SLW012 objectives.errorRate: 1 is out of range."],
    [
      "no latency at all",
      { objectives: { latencyP95: "0ms" } },
      'SLW006 objectives.latencyP95: "0ms" is out of range.',
    ],
    [
      "errors that no alert could see",
      { objectives: { errorRate: 0.07 } },
      "SLW108 objectives.errorRate: with 0.07, the fast burn-rate alert could not fire even if every request failed.",
    ],
    [
      "a latency that no alert could see",
      { objectives: { latencyP95: "10s" } },
      "SLW108 objectives.latencyP95: 10s is not below the largest bucket of the server's latency histogram.",
    ],
    [
      "a metric without a name",
      { analysis: { metrics: [{ name: "" }] } },
      'SLW002 analysis.metrics[0].name: "" is not the name of a metric.',
    ],
    [
      "a metric twice",
      { analysis: { metrics: [{ name: "ctr" }, { name: "ctr" }] } },
      'SLW109 analysis.metrics[1].name: there is another metric "ctr".',
    ],
    [
      "a metric without a range",
      { analysis: { metrics: [{ name: "ctr", lowerBound: 1 }] } },
      "SLW110 analysis.metrics[0].upperBound: 1 is not above lowerBound, 1.",
    ],
    [
      "monitoring off",
      { monitoring: { enabled: false } },
      "SLW203 monitoring.enabled: it is false, so there would be nothing to judge the rollout by.",
    ],
  ])("%s", (_what, change, ...expected) => {
    expect(found(change)).toEqual(expected);
  });
});

test.each([
  ["29m", []],
  [
    "29m1s",
    [
      "warning: values of ctr count 29m1s after their predictions, but traffic.interval is 30m. Shorten it, or lengthen traffic.interval to 30m1s or more.",
    ],
  ],
])("a maturity of %s in stages of 30m", (maturity, expected) => {
  const { findings } = planCanaryRollout("recommender", {
    ...canaryProps,
    analysis: { metrics: [{ name: "ctr", maturity }] },
  });
  expect(findings.map(({ severity, message, fix }) => `${severity}: ${message} ${fix}`)).toEqual(expected);
});

describe("production", () => {
  test.each<Mistake>([
    [
      "no evidence",
      { ...production, canary: canaryProps.canary },
      "SLW204 canary.evidence: there is no evidence for version 2.3.0.",
    ],
    [
      "evidence of no rollback",
      withEvidence({ checks: evidence.checks.slice(0, 2) }),
      'SLW204 canary.evidence.checks: there is no check "rollback_tested".',
    ],
    [
      "evidence of another version",
      withEvidence({ version: "2.2.9" }),
      "SLW205 canary.evidence.version: it was made for 2.2.9, not for 2.3.0.",
    ],
    [
      "evidence of another file",
      withEvidence({ sha256: SHA.stable }),
      `SLW205 canary.evidence.sha256: it was made for ${SHA.stable}, not for ${SHA.canary}.`,
    ],
    [
      "evidence that failed at last",
      withEvidence({
        checks: [...evidence.checks, { ...evidence.checks[0], passed: false, summary: "3 of 500 answers differed." }],
      }),
      'SLW210 canary.evidence.checks: the check "validated" did not pass: 3 of 500 answers differed.',
    ],
    [
      "evidence of an unknown kind",
      withEvidence({ checks: [{ kind: "looked_at", passed: true, at: "2026-01-31T12:00:00Z" }] }),
      'SLW004 canary.evidence.checks[0].kind: "looked_at" is not allowed.',
    ],
    [
      "no digest of the stable model",
      { ...production, stable: { ...canaryProps.stable, sha256: undefined } },
      "SLW206 stable.sha256: the file of version 2.2.0 is not pinned.",
    ],
    [
      "an image by its tag",
      { ...production, serving: {} },
      'SLW207 serving.image: "slipway/serving:0.1.0" is not pinned by a digest.',
    ],
    [
      "one replica",
      { ...production, autoscaling: { minReplicas: 1 } },
      "SLW208 autoscaling.minReplicas: 1 replica is too few for production.",
    ],
  ])("%s", (_what, change, ...expected) => {
    expect(found(change)).toEqual(expected);
  });
});

test("a rollout without a check of its own refuses two tracks of one version", () => {
  const { stable, canary } = canaryProps;
  const [current, next] = [stable, canary].map((model) => checkModelVersion(model, "model", new Diagnostics()));
  if (current === undefined || next === undefined) throw new Error("these versions are valid");
  const diagnostics = new Diagnostics();
  const models = [
    { path: "current", model: current },
    { path: "next", model: next },
  ];
  checkDistinctVersions(models, diagnostics);
  expect(diagnostics.findings).toEqual([]);
  checkDistinctVersions([...models, { path: "last", model: current }], diagnostics);
  expect(diagnostics.findings.map(formatFinding)).toEqual([
    "SLW101 last.version: 2.2.0 is already the version of current. Fix: Use another version.",
  ]);
});
