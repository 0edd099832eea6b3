import { formatFinding, planCanaryRollout, type Plan } from "../../lib";
import { Diagnostics } from "../../lib/core/findings/diagnostics";
import { Cleanup } from "../../lib/drivers/rehearsal/cleanup";
import { setUp } from "../../lib/drivers/rehearsal/environment";
import {
  observedMetrics,
  parseMetrics,
  startTimeOf,
  sumMetrics,
} from "../../lib/drivers/rehearsal/servers/server-metrics";
import { checkFit, parseSettings, type RehearsalSettings } from "../../lib/drivers/rehearsal/settings";
import { runtimeOfPlan, RUNTIMES } from "../../lib/runtimes/registry";
import type { CanaryPolicy } from "../../lib/strategies/canary/policy";
import { canaryProps } from "../support/plans";

/** Puts another runtime in the place of the bundled server, for one test. */
const useRuntime = (runtime: object) => jest.replaceProperty(RUNTIMES, "onnx", runtime as typeof RUNTIMES.onnx);

afterEach(() => jest.restoreAllMocks());

const settings = (change: object = {}): RehearsalSettings => {
  const models = { "2.2.0": "stable.onnx", "2.3.0": "canary.onnx" };
  const props = { models, samples: "samples.json", labelMetric: "clicked", ...change };
  return parseSettings(props, "/props", new Diagnostics()) as RehearsalSettings;
};
const findings = (plan: Plan<CanaryPolicy>, change: object): string[] => {
  const diagnostics = new Diagnostics();
  const rollout = { tracks: plan.tracks, policy: plan.policy as CanaryPolicy, runtime: runtimeOfPlan(plan) };
  checkFit(settings(change), rollout, diagnostics);
  return diagnostics.findings.map(formatFinding);
};

test("a rehearsal does not inject a fault or send feedback that the runtime has no way to accept", () => {
  const plan = planCanaryRollout("recommender", { ...canaryProps, analysis: {} });
  const all = {
    faults: [{ track: "canary", wrong: 0.1 }],
    rewards: { clicked: { "2.2.0": 0.5, "2.3.0": 0.5 } },
    feedbackNoise: { repeated: 0.1 },
  };
  expect(findings(plan, all)).toEqual([]);
  useRuntime({ ...RUNTIMES.onnx, title: "a bare server", faults: undefined, feedback: undefined });
  expect(findings(plan, all)).toEqual(
    [
      "faults: a bare server cannot corrupt its predictions for a rehearsal.",
      "rewards: a bare server cannot accept feedback on its predictions.",
      "feedbackNoise: a bare server cannot accept feedback on its predictions.",
    ].map((each) => `SLW402 rehearsal.${each} Fix: Leave it out: no runtime can.`),
  );
  expect(findings(plan, { faults: [{ track: "canary", errors: 0.1, latency: "1s", crash: true }] })).toEqual([]);
});

test("a rehearsal does not begin with a runtime that cannot run on one machine", async () => {
  const { localProgram, ...rest } = RUNTIMES.onnx;
  expect(localProgram).toBeDefined();
  useRuntime({ ...rest, title: "a bare server" });
  const onStart = jest.fn();
  const listeners = { onStart, onRead: jest.fn(), onEvent: jest.fn(), onError: jest.fn() };
  const request = {
    plan: planCanaryRollout("recommender", canaryProps),
    settings: settings(),
    signal: new AbortController().signal,
  };
  await expect(setUp(request, new Cleanup(), listeners)).rejects.toMatchObject({
    message: "a bare server cannot run on this machine, so it cannot be rehearsed",
    details: ["Runtimes that can: none."],
  });
  expect(onStart).not.toHaveBeenCalled();
});

test("a rehearsal reads the metrics by the names of the runtime", () => {
  const labels = { model: "model_name", version: "model_version" };
  const feedback = { count: "values", sum: "values_sum", squares: "values_squares", metricLabel: "reward" };
  const sample = (name: string, value: number) => ({
    name,
    labels: { model_version: "2.3.0", reward: "clicked" },
    value,
  });
  const samples = [sample("values", 4), sample("values_sum", 3), sample("values_squares", 2)];
  expect(sumMetrics(samples, "2.3.0", { labels, feedback })).toEqual({
    clicked: { count: 4, sum: 3, sumOfSquares: 2 },
  });
  expect(sumMetrics(samples, "2.2.0", { labels, feedback })).toEqual({});
});

test("a server's counters start when its process does, by the metric that every client library exports", () => {
  const observed = observedMetrics(RUNTIMES.onnx.metrics);
  const page = "# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds 1764343000\nother 3\n";
  expect(startTimeOf(parseMetrics(page, observed))).toBe(1764343000);
  expect(startTimeOf(parseMetrics("other 3\n", observed))).toBeUndefined();
});
