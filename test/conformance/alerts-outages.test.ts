import { planCanaryRollout } from "../../lib";
import { describeWithPromtool, testRules, type RuleCase } from "../support/promtool";
import {
  answers,
  latencies,
  ready,
  routed,
  routedWithin,
  type SeriesValues,
  type Source,
} from "../support/rule-series";

const stable: Source = { namespace: "ml", model: "digits", version: "1.0.0" };
const canary: Source = { namespace: "ml", model: "digits", version: "1.1.0" };

interface Rules {
  readonly groups: readonly object[];
}

/** All rules of a canary rollout: those of both versions, and those that compare them. */
function rules(latencyP95 = "250ms"): Rules {
  const plan = planCanaryRollout("digits", {
    stable: { version: stable.version, uri: "s3://models/digits/1.0.0/model.onnx" },
    canary: { version: canary.version, uri: "s3://models/digits/1.1.0/model.onnx" },
    objectives: { latencyP95, errorRate: 0.01 },
    analysis: { minimumSamples: 20 },
    routing: { istio: { hosts: ["digits.example.com"], gateways: ["istio-ingress/public"] } },
    namespace: "ml",
  });
  const specs = Object.values(plan.objects).filter(({ manifest }) => manifest.kind === "PrometheusRule");
  return { groups: specs.flatMap(({ manifest }) => (manifest.spec as unknown as Rules).groups) };
}

const BY_VERSION = 'group by (alertname, version) (ALERTS{alertstate="firing"})';
const ERRORS = ["SlipwayErrorBudgetBurn", "SlipwayErrorRateHigh"];
/** Ready for one minute of three: never too few replicas for as long as SlipwayNotReady waits. */
const BEING_READY = "1 0 0 ".repeat(12).trim();
const PAGES = 'group by (alertname, version) (ALERTS{alertstate="firing",severity="critical"})';

/** A case with exactly these alerts on each version at some times. */
function outcome(
  name: string,
  series: SeriesValues,
  at: readonly string[],
  firing: { readonly stable?: readonly string[]; readonly canary?: readonly string[] },
  expr = BY_VERSION,
): RuleCase {
  const expected = [
    ...(firing.stable ?? []).map((alert) => `{alertname="${alert}",version="${stable.version}"}`),
    ...(firing.canary ?? []).map((alert) => `{alertname="${alert}",version="${canary.version}"}`),
  ];
  const samples = Object.fromEntries(expected.map((labels) => [labels, 1]));
  return { name, series, firing: {}, values: at.map((each) => ({ at: each, expr, samples })) };
}

const replicas = { ...ready(stable, "1x60", "1x60"), ...ready(canary, "1x60", "1x60") };
const healthyStable = {
  ...replicas,
  ...answers(stable, { 200: "0+950x60" }),
  ...routed(stable, { code: 200, values: "0+950x60" }),
};

describeWithPromtool("alerts in production, by promtool", () => {
  test("an outage of both versions: each has its alerts, and none of them is blamed", () => {
    const inServers = {
      ...replicas,
      ...answers(stable, { 200: "0+380x60", 503: "0+570x60" }),
      ...answers(canary, { 200: "0+20x60", 503: "0+30x60" }),
    };
    // The canary has few requests, so that its share of errors differs from that of the stable version by chance.
    const byChance = {
      ...replicas,
      ...answers(stable, { 200: "0+400x60", 503: "0+100x60" }),
      ...answers(canary, { 200: "0+6x60", 503: "0+3x60" }),
    };
    const onTheWay = {
      ...replicas,
      ...routed(
        stable,
        { code: 200, values: "0+950x10 9500x50" },
        { code: 503, flags: "UH", values: "0x10 0+950x9 8550x41" },
      ),
      ...routed(
        canary,
        { code: 200, values: "0+50x10 500x50" },
        { code: 503, flags: "UH", values: "0x10 0+50x9 450x41" },
      ),
    };
    const both = { stable: ERRORS, canary: ERRORS };
    expect(
      testRules(rules(), [
        outcome("a shared backend fails", inServers, ["12m", "20m"], both),
        outcome("errors of both in clumps", byChance, ["12m", "20m"], both),
        outcome("no request reaches a server", onTheWay, ["19m"], both),
        outcome("before it", onTheWay, ["9m"], {}),
      ]),
    ).toEqual([]);
  });

  test("load that a version sheds: it fails more often than the other", () => {
    const shed = { 200: "0+28x60", 429: "0+22x60" };
    const fast = {
      ...latencies(canary, { "0.001": 28 }, 28),
      ...latencies(stable, { "0.001": 900, "0.005": 950 }, 950),
    };
    const blamed = { canary: [...ERRORS, "SlipwayVersionFailsMore"] };
    const at = ["12m"];
    const bySidecar = (flags: string, code: number) =>
      routed(canary, { code: 200, values: "0+28x60" }, { code, flags, values: "0+22x60" });
    expect(
      testRules(rules(), [
        outcome("a full queue", { ...healthyStable, ...answers(canary, shed), ...fast }, at, blamed),
        ...(
          [
            ["a full queue that only the gateway counts", "-", 429],
            ["an open circuit", "UO", 503],
            ["a circuit breaker after retries", "UO,URX", 503],
          ] as const
        ).map(([name, flags, code]) => outcome(name, { ...healthyStable, ...bySidecar(flags, code) }, at, blamed)),
        outcome(
          "over gRPC",
          {
            ...healthyStable,
            ...routed(canary, { code: 200, grpc: 0, values: "0+28x60" }, { code: 200, grpc: 8, values: "0+22x60" }),
          },
          at,
          blamed,
        ),
      ]),
    ).toEqual([]);
  });

  test("requests that never reach the server, or get no answer", () => {
    const blamed = { canary: [...ERRORS, "SlipwayVersionFailsMore"] };
    const seen = (flags: string, code: number) => ({
      ...healthyStable,
      ...answers(canary, { 200: "0+30x60" }),
      ...routed(canary, { code: 200, values: "0+30x60" }, { code, flags, values: "0+20x60" }),
    });
    const ends = [
      ["no endpoint", "UH", 503],
      ["no connection", "UF,URX", 503],
      ["a reset", "UC", 503],
      ["a local reset", "LR", 503],
      ["a timeout of the route", "UT", 504],
      ["no response", "-", 0],
    ] as const;
    expect(
      testRules(
        rules(),
        ends.map(([name, flags, code]) => outcome(name, seen(flags, code), ["12m"], blamed)),
      ),
    ).toEqual([]);
  });

  test("a version that crashes again and again", () => {
    const gateway = routed(
      canary,
      { code: 200, values: "0+20x60" },
      { code: 503, flags: "UF", values: "0+20x60" },
      { code: 503, flags: "UC", values: "0+10x60" },
    );
    const restarting = {
      ...healthyStable,
      ...ready(canary, BEING_READY, BEING_READY),
      // Each process answers for a minute, and all of its answers are right.
      ...answers(canary, { 200: "0 20 0 ".repeat(12).trim() }),
    };
    const dead = {
      ...healthyStable,
      ...ready(canary, "1x5 stale", "1x5 stale"),
      ...answers(canary, { 200: "0+50x5 stale" }),
    };
    const blamed = [...ERRORS, "SlipwayVersionFailsMore"];
    expect(
      testRules(rules(), [
        outcome("it still starts", { ...restarting, ...gateway }, ["12m", "25m"], { canary: blamed }),
        outcome("it exports nothing", { ...dead, ...gateway }, ["12m"], { canary: blamed }),
        outcome("it exports nothing", { ...dead, ...gateway }, ["25m"], { canary: [...blamed, "SlipwayNoData"] }),
      ]),
    ).toEqual([]);
  });

  test("nobody is paged because of thin traffic", () => {
    // Three requests in an hour, one of which fails.
    const one = { ok: "0 0 1x3 2x55", failed: "0x8 1x52" };
    const inServer = { ...replicas, ...answers(canary, { 200: one.ok, 500: one.failed }) };
    const onTheWay = {
      ...replicas,
      ...routed(canary, { code: 200, values: one.ok }, { code: 503, flags: "UF", values: one.failed }),
    };
    const times = Array.from({ length: 20 }, (_, minute) => `${minute + 6}m`);
    expect(
      testRules(rules(), [
        outcome("in the server", { ...healthyStable, ...inServer }, times, {}),
        outcome("on the way to it", { ...healthyStable, ...onTheWay }, times, {}),
        // Four errors in ten minutes are over the objective, and still too few to page.
        outcome(
          "a few errors",
          { ...healthyStable, ...answers(canary, { 200: "0+2x60", 500: "0x5 1 1 2 2 3 3 4x49" }) },
          times,
          {},
          PAGES,
        ),
      ]),
    ).toEqual([]);
  });

  test("the service is not blamed for what callers do", () => {
    const of = (...bad: Parameters<typeof routed>[1][]) => ({
      ...healthyStable,
      ...routed(canary, { code: 200, values: "0+25x60" }, ...bad),
    });
    const values = "0+25x60";
    const inServer = {
      ...healthyStable,
      ...answers(canary, { 200: "0+25x60", 400: values, 413: values, 499: values }),
    };
    const at = ["12m"];
    expect(
      testRules(rules(), [
        outcome("invalid, too large, or gone, in the server", inServer, at, {}),
        outcome("a body that is too large", of({ code: 413, values }), at, {}),
        outcome("a caller that disconnected", of({ code: 0, flags: "DC", values }), at, {}),
        outcome("a caller that disconnected in a retry", of({ code: 503, flags: "UC,DC", values }), at, {}),
        outcome("a request that Envoy does not understand", of({ code: 400, flags: "DPE", values }), at, {}),
        outcome("a gRPC message over the limit", of({ code: 200, grpc: 3, values }), at, {}),
        outcome("a gRPC call that was cancelled", of({ code: 200, grpc: 1, values }), at, {}),
      ]),
    ).toEqual([]);
  });

  test("an error that both sides count is one alert, with the share that callers see", () => {
    const series = {
      ...healthyStable,
      ...answers(canary, { 200: "0+90x60", 503: "0+10x60" }),
      ...routed(canary, { code: 200, values: "0+80x60" }, { code: 503, flags: "URX", values: "0+20x60" }),
    };
    const burning = 'ALERTS{alertname="SlipwayErrorBudgetBurn",alertstate="firing",window="1h"}';
    expect(
      testRules(rules(), [
        {
          name: "both",
          series,
          firing: {},
          values: [{ at: "20m", expr: `count by (version) (${burning})`, samples: { '{version="1.1.0"}': 1 } }],
          alerts: [
            {
              at: "20m",
              alert: "SlipwayErrorRateHigh",
              labels: { namespace: "ml", model: "digits", version: "1.1.0", severity: "warning" },
              annotations: {
                summary: "digits 1.1.0 fails more often than its objective",
                description: "20% of the requests fail; the objective is 1%.",
              },
            },
          ],
        },
      ]),
    ).toEqual([]);
  });

  test("latency that only callers see", () => {
    const quick = latencies(canary, { "0.01": 100 }, 100);
    const slow = ["SlipwayLatencyP95High"];
    const at = ["15m"];
    const behind = (...routes: SeriesValues[]) => Object.assign({}, healthyStable, quick, ...routes) as SeriesValues;
    expect(
      testRules(rules(), [
        outcome("requests that wait at the gateway", behind(routedWithin(canary, { 250: 90, 500: 100 }, 100)), at, {
          canary: slow,
        }),
        outcome(
          "timeouts of the route",
          behind(routedWithin(canary, { 250: 92 }, 92), routedWithin(canary, { 10000: 0, 30000: 8 }, 8, 504)),
          at,
          { canary: slow },
        ),
        outcome("95% within the objective", behind(routedWithin(canary, { 250: 96, 500: 100 }, 100)), at, {}),
        // Refusals are fast, and must not hide that the answers are slow.
        outcome(
          "refusals besides slow answers",
          behind(routedWithin(canary, { 250: 40, 500: 50 }, 50), routedWithin(canary, { 1: 950 }, 950, 503)),
          at,
          { canary: slow },
        ),
      ]),
    ).toEqual([]);
    // Istio has no bound between 100 and 250 ms: up to there nothing is known.
    const between = behind(routedWithin(canary, { 100: 50, 250: 100 }, 100));
    const above = behind(routedWithin(canary, { 100: 50, 250: 50, 500: 100 }, 100));
    expect(
      testRules(rules("120ms"), [
        outcome("between two bounds", between, at, {}),
        outcome("above the next bound", above, at, { canary: slow }),
      ]),
    ).toEqual([]);
  });
});
