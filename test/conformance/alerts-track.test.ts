import { planModelService } from "../../lib";
import { CONTRACT } from "../../lib/core/contract";
import { describeWithPromtool, testRules, type RuleCase } from "../support/promtool";
import { answers, latencies, ready, type Source } from "../support/rule-series";

const digits: Source = { namespace: "ml", model: "digits", version: "1.1.0" };
const strangers: readonly (readonly [string, Source])[] = [
  ["another version", { ...digits, version: "1.0.0" }],
  ["another model", { ...digits, model: "letters" }],
  ["another namespace", { ...digits, namespace: "dev" }],
];

/** Rules for a p95 of 100 ms and 1% of failed requests. */
function rules(startupTimeout = "5m"): object | undefined {
  const plan = planModelService(digits.model, {
    model: { version: digits.version, uri: "s3://models/digits/1.1.0/model.onnx" },
    objectives: { latencyP95: "100ms", errorRate: 0.01 },
    serving: { startupTimeout },
    namespace: digits.namespace,
  });
  return plan.objects["1-1-0-alerts"]?.manifest.spec;
}

/** Two ready replicas, as there should be. */
const present = ready(digits, "1x1000", "1x1000");
const slow = (source: Source) => latencies(source, { "0.1": 540, "0.25": 600 }, 600);
const failing = (source: Source) => answers(source, { 200: "0+95x30", 500: "0+5x30" });

const outcome = (...cases: RuleCase[]) => testRules(rules(), cases);
const identity = { namespace: "ml", model: "digits", version: "1.1.0" };

describeWithPromtool("alerts on one version, by promtool", () => {
  describe("SlipwayLatencyP95High", () => {
    it("fires if more than 5% of the requests take longer than the objective, after five minutes", () => {
      const series = { ...present, ...slow(digits) };
      const alerts = [
        {
          at: "15m",
          alert: "SlipwayLatencyP95High",
          labels: { ...identity, severity: "warning" },
          annotations: {
            summary: "digits 1.1.0 is slower than its objective",
            description: "Its p95 is 175ms; the objective is 100ms.",
          },
        },
      ];
      expect(outcome({ name: "slow", series, firing: { "3m": [], "15m": ["SlipwayLatencyP95High"] }, alerts })).toEqual(
        [],
      );
    });

    it("does not fire if exactly 95% meet it, or without requests", () => {
      const kept = { ...present, ...latencies(digits, { "0.1": 570, "0.25": 600 }, 600) };
      const idle = { ...present, ...latencies(digits, { "0.1": 0, "0.25": 0 }, 0) };
      expect(
        outcome(
          { name: "kept", series: kept, firing: { "20m": [] } },
          { name: "idle", series: idle, firing: { "20m": [] } },
        ),
      ).toEqual([]);
    });

    it("fires for the highest latency objective that is allowed", () => {
      const { buckets } = CONTRACT;
      const longest = planModelService(digits.model, {
        model: { version: digits.version, uri: "s3://models/digits/1.1.0/model.onnx" },
        objectives: { latencyP95: "9999ms" },
        namespace: digits.namespace,
      });
      const bounds = { "9.999": 500, [String(Math.max(...buckets.durationSeconds))]: 500 };
      const series = { ...present, ...latencies(digits, bounds, 600) };
      const spec = longest.objects["1-1-0-alerts"]?.manifest.spec;
      expect(testRules(spec, [{ name: "stuck", series, firing: { "15m": ["SlipwayLatencyP95High"] } }])).toEqual([]);
    });
  });

  describe("SlipwayErrorRateHigh", () => {
    it("fires if more requests fail than the objective allows, after five minutes", () => {
      const series = { ...present, ...answers(digits, { 200: "0+98x30", 500: "0+2x30" }) };
      const alerts = [
        {
          at: "15m",
          alert: "SlipwayErrorRateHigh",
          labels: { ...identity, severity: "warning" },
          annotations: {
            summary: "digits 1.1.0 fails more often than its objective",
            description: "2% of the requests fail; the objective is 1%.",
          },
        },
      ];
      const firing = {
        "4m": ["SlipwayErrorBudgetBurn"],
        "15m": ["SlipwayErrorRateHigh", "SlipwayErrorBudgetBurn"],
      };
      expect(outcome({ name: "failing", series, firing, alerts })).toEqual([]);
    });

    it("counts requests that the model could not compute as failed, and invalid requests not", () => {
      const unable = { ...present, ...answers(digits, { 200: "0+98x30", 422: "0+2x30" }) };
      const wrong = { ...present, ...answers(digits, { 200: "0+50x30", 400: "0+30x30", 404: "0+20x30" }) };
      expect(
        outcome(
          { name: "422", series: unable, firing: { "15m": ["SlipwayErrorRateHigh", "SlipwayErrorBudgetBurn"] } },
          { name: "400", series: wrong, firing: { "15m": [] } },
        ),
      ).toEqual([]);
    });

    it("records 0 if no request failed, and nothing if there was no request", () => {
      const expr = "slipway:inference_errors:ratio_rate5m";
      const healthy = { ...present, ...answers(digits, { 200: "0+100x30" }) };
      const idle = { ...present, ...answers(digits, { 200: "7x30" }) };
      const samples = { [`${expr}{namespace="ml",model="digits",version="1.1.0"}`]: 0 };
      expect(
        outcome(
          { name: "healthy", series: healthy, firing: { "15m": [] }, values: [{ at: "15m", expr, samples }] },
          // Comparisons with NaN are false, so no alert fires.
          {
            name: "idle",
            series: idle,
            firing: { "15m": [] },
            values: [{ at: "15m", expr: `${expr} >= 0`, samples: {} }],
          },
        ),
      ).toEqual([]);
    });

    it("does not fire for one failed request among few", () => {
      const series = { ...present, ...answers(digits, { 200: "0+1x30", 500: "0x10 1x20" }) };
      const times = ["11m", "12m", "14m", "16m", "20m"];
      const firing = Object.fromEntries(times.map((at) => [at, []]));
      expect(outcome({ name: "one", series, firing })).toEqual([]);
    });
  });

  describe("SlipwayErrorBudgetBurn", () => {
    const windows = 'group by (window, severity) (ALERTS{alertname="SlipwayErrorBudgetBurn",alertstate="firing"})';
    const burns = (...pairs: readonly (readonly [string, string])[]) =>
      Object.fromEntries(pairs.map(([window, severity]) => [`{window="${window}",severity="${severity}"}`, 1]));
    const [fastest, fast] = [
      ["1h", "critical"],
      ["6h", "critical"],
    ] as const;
    const [slow, slowest] = [
      ["1d", "warning"],
      ["3d", "warning"],
    ] as const;

    it.each([
      ["20%", { 200: "0+80x30", 500: "0+20x30" }, [fastest, fast, slow, slowest]],
      ["8%", { 200: "0+92x30", 500: "0+8x30" }, [fast, slow, slowest]],
      ["4%", { 200: "0+96x30", 500: "0+4x30" }, [slow, slowest]],
      ["2%", { 200: "0+98x30", 500: "0+2x30" }, [slowest]],
      ["0.8%", { 200: "0+992x30", 500: "0+8x30" }, []],
    ] as const)("fires at %s for the windows whose burn rate it exceeds", (_share, byCode, pairs) => {
      const values = [{ at: "20m", expr: windows, samples: burns(...pairs) }];
      expect(outcome({ name: "burn", series: { ...present, ...answers(digits, byCode) }, firing: {}, values })).toEqual(
        [],
      );
    });

    it("names the version and the burn rate", () => {
      const alerts = [
        {
          at: "20m",
          alert: "SlipwayErrorBudgetBurn",
          labels: { ...identity, severity: "warning", window: "3d" },
          annotations: {
            summary: "digits 1.1.0 has an error budget burn rate of 1",
            description: "Over 3d and 6h, 2% of the requests failed; the objective allows 1% in the long run.",
          },
        },
      ];
      const series = { ...present, ...answers(digits, { 200: "0+98x30", 500: "0+2x30" }) };
      expect(outcome({ name: "burn", series, firing: {}, alerts })).toEqual([]);
    });

    it("stops soon after the failures do", () => {
      const series = { ...present, ...answers(digits, { 200: "0+80x20 1620+100x60", 500: "0+20x20 400x60" }) };
      const values = [
        { at: "15m", expr: windows, samples: burns(fastest, fast, slow, slowest) },
        { at: "27m", expr: windows, samples: burns(fast, slow, slowest) },
        { at: "55m", expr: windows, samples: burns(slow, slowest) },
      ];
      expect(outcome({ name: "over", series, firing: {}, values })).toEqual([]);
    });

    it("does not page for a few failed requests on a version that has just started to serve", () => {
      const series = { ...present, ...answers(digits, { 200: "_x5 0+4x25", 500: "_x5 0 0 1 1 2 2 3x20" }) };
      const values = ["8m", "10m", "12m", "20m"].map((at) => ({ at, expr: windows, samples: {} }));
      expect(outcome({ name: "few", series, firing: {}, values })).toEqual([]);
    });
  });

  describe("SlipwayNoData", () => {
    it("fires when no replica was scraped for ten minutes", () => {
      const alerts = [
        {
          at: "25m",
          alert: "SlipwayNoData",
          labels: { ...identity, severity: "critical" },
          annotations: {
            summary: "digits 1.1.0 is not scraped by Prometheus",
            description:
              "Prometheus has no data of any replica, so no other alert on this version can fire. Check the labels of the ServiceMonitor and the pods.",
          },
        },
      ];
      const series = ready(digits, "1x10 stale");
      expect(outcome({ name: "gone", series, firing: { "15m": [], "25m": ["SlipwayNoData"] }, alerts })).toEqual([]);
    });

    it("is not silenced by the replicas of others", () => {
      const series = Object.assign({}, ...strangers.map(([, other]) => ready(other, "1x30"))) as Record<string, string>;
      expect(outcome({ name: "others", series, firing: { "15m": ["SlipwayNoData"] } })).toEqual([]);
    });

    it("does not fire while replicas are scraped but not ready", () => {
      expect(outcome({ name: "starting", series: ready(digits, "0x30"), firing: { "9m": [] } })).toEqual([]);
    });
  });

  describe("SlipwayNotReady", () => {
    it("fires when fewer replicas than the autoscaler keeps were ready for ten minutes", () => {
      const alerts = [
        {
          at: "20m",
          alert: "SlipwayNotReady",
          labels: { ...identity, severity: "warning" },
          annotations: {
            summary: "digits 1.1.0 has too few ready replicas",
            description:
              "Replicas with the model loaded and warm: 1. At least 2 should be ready within 10m of their start.",
          },
        },
      ];
      const series = ready(digits, "1x30", "1x5 0x25");
      expect(
        outcome({ name: "one of two", series, firing: { "14m": [], "20m": ["SlipwayNotReady"] }, alerts }),
      ).toEqual([]);
    });

    it("waits as long as the start of a large model may take", () => {
      const series = ready(digits, "0x120", "0x120");
      const firing = { "40m": [], "50m": ["SlipwayNotReady"] };
      expect(testRules(rules("45m"), [{ name: "large", series, firing }])).toEqual([]);
    });

    it("does not count the replicas of others", () => {
      for (const [name, other] of strangers) {
        const series = { ...ready(digits, "1x30", "0x30"), ...ready(other, "1x30", "1x30") };
        expect(outcome({ name, series, firing: { "15m": ["SlipwayNotReady"] } })).toEqual([]);
      }
    });
  });

  describe("the alerts of a version", () => {
    it.each(strangers)("do not fire if %s is slow and fails", (name, other) => {
      const series = { ...present, ...ready(other, "0x30"), ...slow(other), ...failing(other) };
      expect(outcome({ name, series, firing: { "25m": [] } })).toEqual([]);
    });

    it("sum over its replicas", () => {
      const second = { ...digits, pod: "pod-2" };
      const series = {
        ...present,
        ...answers(digits, { 200: "0+100x30" }),
        ...answers(second, { 200: "0+99x30", 500: "0+1x30" }),
      };
      expect(outcome({ name: "half a percent", series, firing: { "20m": [] } })).toEqual([]);
    });
  });
});
