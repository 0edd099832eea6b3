import {
  formatFinding,
  planAbTest,
  planBanditRollout,
  planBlueGreenPair,
  planCanaryRollout,
  planModelService,
  planShadowDeployment,
  type CanaryRolloutProps,
  type Plan,
} from "../../lib";
import { ROUTERS } from "../../lib/routing/registry";
import type { Router } from "../../lib/routing/router";
import { RUNTIMES } from "../../lib/runtimes/registry";
import { hasCapability, RUNTIME_CAPABILITIES, type RuntimeCapability } from "../../lib/runtimes/runtime";
import { canaryProps, rolloutProps, versions } from "../support/plans";
import { sourcesIn } from "../support/sources";

const { stable, canary } = versions;
const common = { ...rolloutProps, autoscaling: {} };
const plans = {
  canary: (change: Partial<CanaryRolloutProps> = {}) =>
    planCanaryRollout("recommender", { ...canaryProps, ...common, ...change }),
  pair: () =>
    planBlueGreenPair("recommender", {
      ...common,
      blue: stable,
      green: canary,
      live: "blue",
      preview: { hosts: ["preview.example.com"] },
    }),
  test: (unit: object) =>
    planAbTest("recommender", {
      ...common,
      variants: [stable, canary],
      metric: { name: "clicked" },
      unit,
      duration: "14d",
    }),
  shadow: () => planShadowDeployment("recommender", { ...common, live: stable, shadow: canary }),
  bandit: () => planBanditRollout("recommender", { ...common, arms: [stable, canary], reward: { metric: "clicked" } }),
};

const errors = ({ findings }: Plan) => findings.filter(({ severity }) => severity === "error").map(formatFinding);

/** Changes every entry of a registry for one test, so that no other router or runtime can do what this one cannot. */
function useInstead(registry: Record<string, object>, change: object): void {
  for (const [name, entry] of Object.entries(registry)) {
    jest.replaceProperty(registry, name, { ...entry, ...change });
  }
}
const useRouter = (change: Partial<Router<unknown>>) => useInstead(ROUTERS, change);
/** A router whose gateway counts nothing, so that only the server measures. */
const useRouterWithoutMetrics = () => useInstead(ROUTERS, { title: "Plain", metrics: undefined });
const useRuntime = (change: object) => useInstead(RUNTIMES, change);

afterEach(() => jest.restoreAllMocks());

describe("a router that can only split by weight", () => {
  beforeEach(() => useRouter({ title: "Plain", capabilities: [] }));

  test.each([
    ["a shadow", plans.shadow, "routing: Plain cannot copy requests to another version."],
    ["cookies", () => plans.test({ cookie: {} }), "unit.cookie: Plain cannot pin users to a version by a cookie."],
    [
      "headers",
      () => plans.test({ header: {} }),
      "unit.header: Plain cannot pin users to a version by a header that callers send.",
    ],
    [
      "hashes",
      () => plans.test({ hash: { header: "x-user" } }),
      "unit.hash: Plain cannot pin users to a version by a hash of their id.",
    ],
  ])("cannot do %s", (_what, plan, expected) => {
    expect(errors(plan())).toEqual([`SLW401 ${expected} Fix: Leave it out: no router can.`]);
  });

  test("cannot show a preview, or copy requests to the version that was replaced", () => {
    expect(errors(plans.pair())).toEqual([
      "SLW401 preview: Plain cannot route a host of its own to one version. Fix: Leave it out: no router can.",
      "SLW401 standbyMirror: Plain cannot copy requests to another version. Fix: Set `standbyMirror: 0`: no router can.",
    ]);
  });

  test("is enough for a rollout that needs no more", () => {
    expect(errors(plans.canary())).toEqual([]);
    expect(errors(plans.bandit())).toEqual([]);
  });
});

test("a router that has no object for a track gets none", () => {
  useRouter({ destination: () => undefined });
  const roles = Object.keys(plans.canary().objects);
  expect(roles.filter((role) => role.endsWith("-destination"))).toEqual([]);
  expect(roles).toContain("2-3-0-deployment");
});

test("a router that does not count requests leaves the alerts to what the servers measure, and says so", () => {
  const metrics = /slipway:gateway|istio_/;
  expect(JSON.stringify(rulesOf(plans.canary()))).toMatch(metrics);
  useRouterWithoutMetrics();
  const plan = plans.canary();
  expect(JSON.stringify(rulesOf(plan))).not.toMatch(metrics);
  expect(plan.findings.map(formatFinding)).toEqual([
    "SLW404 routing.istio: Plain does not count the requests to each version, so those that never reach a server raise no alert. Fix: Monitor its gateway by other means, or use a router that counts them.",
  ]);
});

describe("a runtime that measures nothing", () => {
  beforeEach(() =>
    useRuntime({
      title: "a bare server",
      metrics: { labels: RUNTIMES.onnx.metrics.labels },
      feedback: undefined,
      comparison: undefined,
      faults: undefined,
    }),
  );

  const FEEDBACK = "SLW402 runtime: a bare server cannot accept feedback on its predictions.";
  const COMPARISON = "SLW402 runtime: a bare server cannot compare its predictions with those of the live version.";

  test.each([
    ["a test", () => plans.test({ cookie: {} }), FEEDBACK],
    ["a bandit", plans.bandit, FEEDBACK],
    ["a canary with a business metric", plans.canary, FEEDBACK],
    ["a shadow", plans.shadow, COMPARISON],
  ])("cannot do %s", (_what, plan, expected) => {
    expect(errors(plan())).toEqual([`${expected} Fix: Leave it out: no runtime can.`]);
    expect(plan().objects).toEqual({});
  });

  test("has no alerts, and a warning for each, behind a gateway that measures nothing either", () => {
    useRouterWithoutMetrics();
    const plan = plans.canary({ analysis: {} });
    expect(plan.findings.map(({ code, path, severity }) => `${severity} ${code} ${path}`)).toEqual([
      "warning SLW403 objectives.latencyP95",
      "warning SLW403 objectives.errorRate",
      "warning SLW403 monitoring",
      "warning SLW404 routing.istio",
    ]);
    expect(plan.findings.map(({ message }) => message)).toContain(
      "a bare server has no metric for latency, so there is no alert on it.",
    );
    expect(alertsOf(plan)).toEqual([]);
  });

  test("has the alerts on what its gateway measures", () => {
    const plan = plans.canary({ analysis: {} });
    expect(plan.findings.map(({ code, path, severity }) => `${severity} ${code} ${path}`)).toEqual([
      "warning SLW403 monitoring",
    ]);
    expect(alertsOf(plan)).toEqual([
      "SlipwayLatencyP95High",
      "SlipwayErrorRateHigh",
      "SlipwayErrorBudgetBurn",
      "SlipwayVersionFailsMore",
    ]);
    expect(JSON.stringify(rulesOf(plan))).not.toContain("slipway_inference");
  });

  test("cannot be scaled by requests", () => {
    expect(errors(plans.canary({ analysis: {}, autoscaling: { requestsPerSecond: 100 } }))).toEqual([
      expect.stringMatching(/^SLW403 autoscaling\.requestsPerSecond: a bare server has no metric/),
    ]);
  });
});

describe("a runtime that counts feedback on arrival", () => {
  beforeEach(() => {
    const { path, idHeader } = RUNTIMES.onnx.feedback ?? { path: "", idHeader: "" };
    useRuntime({ title: "a bare server", feedback: { path, idHeader } });
  });

  test("cannot hold values until they are mature", () => {
    expect(errors(plans.canary({ analysis: { metrics: [{ name: "accuracy", maturity: "1m" }] } }))).toEqual([
      "SLW402 runtime: a bare server cannot count feedback only once its prediction has reached an age. Fix: Leave it out: no runtime can.",
    ]);
  });

  test("gets no rules, and is enough for metrics without a maturity", () => {
    const plan = plans.canary();
    expect(errors(plan)).toEqual([]);
    expect(Object.keys(plan.objects)).not.toContain("feedback");
  });
});

test("a runtime without a latency metric keeps the alerts on everything else", () => {
  useRouterWithoutMetrics();
  const { latency, ...metrics } = RUNTIMES.onnx.metrics;
  expect(latency).toBeDefined();
  const all = alertsOf(plans.canary());
  useRuntime({ metrics });
  const rest = alertsOf(plans.canary());
  expect(all.filter((name) => !rest.includes(name))).toEqual(["SlipwayLatencyP95High", "SlipwayVersionSlower"]);
});

test("every metric name in a rule comes from the runtime", () => {
  const { metrics } = RUNTIMES.onnx;
  useRuntime({
    metrics: {
      ...metrics,
      labels: { model: "model_name", version: "model_version" },
      requests: { counter: "served_total", failed: 'outcome="failed"' },
      latency: { ...metrics.latency, histogram: "served_seconds" },
      ready: "loaded",
    },
  });
  const rules = JSON.stringify(rulesOf(plans.canary({ analysis: {} })));
  expect(rules).toContain('served_total{model_name=\\"recommender\\",model_version=\\"2.3.0\\",outcome=\\"failed\\"}');
  expect(rules).toContain("sum by (namespace, model_name, model_version, le) (rate(served_seconds_bucket");
  expect(rules).toContain("on (namespace, model_name) group_left ()");
  expect(rules).not.toMatch(/slipway_|[({ ]model[=,)]/);
});

describe("the bundled server", () => {
  test("can do everything that a runtime may be able to", () => {
    const all = Object.keys(RUNTIME_CAPABILITIES) as RuntimeCapability[];
    expect(all.filter((capability) => !hasCapability(RUNTIMES.onnx, capability))).toEqual([]);
  });

  test("serves by default, with settings only if they are set", () => {
    const named = plans.canary({ runtime: { onnx: {} } });
    expect(named).toEqual(plans.canary());
    expect(settingsOf(named)).not.toHaveProperty("workers");
    expect(settingsOf(named)).not.toHaveProperty("http");
    const tuned = plans.canary({ runtime: { onnx: { workers: 2, threadsPerInference: 4 } } });
    expect(settingsOf(tuned)).toMatchObject({ workers: { count: 2 }, model: { threads: 4 } });
    const larger = plans.canary({ serving: { maxRequestSize: "32Mi", predictPath: "/predict" } });
    expect(settingsOf(larger)).toMatchObject({ http: { bodyLimitBytes: 33_554_432, predictPath: "/predict" } });
  });

  test("is selected by exactly one member", () => {
    const members = Object.keys(RUNTIMES).join(", ");
    expect(errors(plans.canary({ runtime: {} }))).toEqual([
      `SLW005 runtime: it names no runtime. Allowed: exactly one of: ${members}. Fix: Leave it out for the bundled ONNX server, or name one.`,
    ]);
  });

  test("also serves a single model with its settings", () => {
    const plan = planModelService("recommender", {
      model: canary,
      objectives: { latencyP95: "100ms" },
      runtime: { onnx: { workers: 1 } },
    });
    expect(plan.findings).toEqual([]);
    expect(settingsOf(plan)).toMatchObject({ workers: { count: 1 } });
  });
});

describe("nothing but a router knows a router, and nothing but a runtime its server", () => {
  const handWritten = sourcesIn("lib").filter(({ path }) => path !== "lib/adapters/pulumi/args.ts");
  const code = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");

  test("no code outside of routing and the builders names a router", () => {
    const names = new RegExp(Object.keys(ROUTERS).join("|"), "i");
    const outside = handWritten.filter(({ path }) => !/^lib\/(routing|kubernetes)\//.test(path));
    // The message about an invalid gateway name contains an example.
    const naming = outside.filter(({ text }) => names.test(code(text).replace("istio-ingress/public", "")));
    expect(naming.map(({ path }) => path)).toEqual([]);
  });

  test("no code outside of a runtime reads the bundled server's contract, or imports a runtime by name", () => {
    // `slipway serve` and `inspect` are for the bundled server alone; the core has patterns that the server and the props share.
    const outside = handWritten.filter(
      ({ path }) => !/^lib\/(core|runtimes|routing|drivers\/(serve|inspect))\//.test(path),
    );
    const importing = outside.filter(({ imports }) =>
      imports.some(
        ({ target, names }) =>
          (/core\/contract$/.test(target) && names.includes("CONTRACT")) ||
          /^lib\/(runtimes|routing)\/[^/]+\/[^/]+$/.test(target),
      ),
    );
    expect(importing.map(({ path }) => path)).toEqual([]);
  });

  test("no construct and no rule imports anything of the contract", () => {
    const rooms = handWritten.filter(({ path }) => /^lib\/(constructs|monitoring)\//.test(path));
    const importing = rooms.filter(({ imports }) => imports.some(({ target }) => /core\/contract$/.test(target)));
    expect(importing.map(({ path }) => path)).toEqual([]);
  });
});

function rulesOf({ objects }: Plan): Record<string, unknown>[] {
  return Object.values(objects).flatMap(({ manifest }) => {
    if (manifest.kind !== "PrometheusRule") return [];
    return (manifest.spec as { groups: { rules: Record<string, unknown>[] }[] }).groups.flatMap(({ rules }) => rules);
  });
}

const alertsOf = (plan: Plan): string[] => [
  ...new Set(rulesOf(plan).flatMap(({ alert }) => (typeof alert === "string" ? [alert] : []))),
];

function settingsOf(plan: Plan): unknown {
  const config = plan.objects["2-3-0-config"]?.manifest as unknown as { data: Record<string, string> };
  return JSON.parse(config.data["server.json"] ?? "");
}
