import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import type { CalibrationReport } from "../../lib/drivers/calibrate/report";
import type { ServiceHistory } from "../../lib/strategies/calibration/history";
import { describeWithPrometheus, PrometheusServer } from "../support/prometheus-server";
import { csvOf, historyOf } from "../support/service-past";
import { CommandFolder } from "../support/slipway-command";

jest.setTimeout(60_000);

const folder = new CommandFolder();
afterAll(() => folder.remove());

const EXAMPLE = resolve(__dirname, "../../examples/digits-canary/props");
const file = folder.write(
  "canary.ts",
  `import { name, props as example } from "${EXAMPLE}";
  const { analysis, ...others } = example;
  const props = { ...others, traffic: { weights: [20, 60, 100], interval: "20m" }, objectives: { errorRate: 0.01, latencyP95: "250ms" } };
  export { name, props };`,
);

const honest = historyOf({ hours: 5, pods: 4 });
const calibrate = (...args: string[]) => folder.run("calibrate", file, ...args);
const withCounts = (name: string, text: string, ...args: string[]) =>
  calibrate("--counts", folder.write(name, text), "--runs", "10", ...args);

describe("slipway calibrate --counts", () => {
  test("prints the false-alarm rate of an honest past, and exits with 0", async () => {
    const { code, stdout, stderr } = await withCounts("honest.csv", csvOf(honest));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(
      "digits: canary of 1.1.0 against 1.0.0, replayed 10 times with one version in both roles\n",
    );
    expect(stdout).toMatch(
      /^2026-05-01T00:01:00Z to 2026-05-01T05:00:00Z in steps of 1m: up to 4 pods, \S+ requests\/s, 0\.0\d+% errors; divided by pods$/m,
    );
    expect(stdout).toMatch(/^\| promoted +\| 10 +\| 100% +\|$/m);
    expect(stdout).toMatch(
      /^False-alarm rate: 0% \(95% interval 0% to \S+%; .*\); the plan claims at most 1%, which this past neither shows nor contradicts\.$/m,
    );
  });

  test("prints what decided each false alarm and what to change, and exits with 2", async () => {
    const outlier = historyOf({
      hours: 5,
      pods: 4,
      differs: (_seconds, pod, usual) => (pod === 2 ? { ...usual, errorRate: 0.03 } : usual),
    });
    const { code, stdout } = await withCounts("outlier.csv", csvOf(outlier));
    expect(code).toBe(2);
    expect(stdout).toContain("the plan claims at most 1%, and the past contradicts it.");
    expect(stdout).toMatch(
      /^\| error-rate-comparison +\| \d+ +\| 2026-05-01T\S+ \| \d+% +\| error rate .* on digits-1-0-0 +\|$/m,
    );
    expect(stdout).toContain("- Pod digits-2 failed ");
  });

  test("reads JSON lines with the values of metrics, and prints JSON that does not depend on the order of the lines", async () => {
    const lines = jsonLines(honest);
    const report = async (name: string, text: string) =>
      JSON.parse((await withCounts(name, text, "--json", "--split", "requests")).stdout) as CalibrationReport;
    const sorted = await report("sorted.jsonl", lines.join("\n"));
    expect(sorted).toMatchObject({ name: "digits", split: "requests", runs: 10, claim: 0.01, leftOut: [] });
    expect(await report("reversed.jsonl", [...lines].reverse().join("\n"))).toEqual(sorted);
  });

  test("rejects a file that cannot be used, with all problems and their lines", async () => {
    const bad = await withCounts(
      "bad.csv",
      [
        "at,pod,requests,errors,le_0.05,le_0.1",
        "2026-05-01T00:01:00Z,a,100,1,90,80",
        "2026-05-01T00:01:00Z,a,100,1,80,90",
        "yesterday,a,100,1,80,90",
        "1777636860,a,10,11,8,9",
        "1777636860,b,many,1,8,9",
        "1777636860,c",
      ].join("\n"),
    );
    expect(bad.code).toBe(1);
    for (const problem of [
      "slipway: the counts in bad.csv cannot be used",
      "SLW012 line 2.le: its counts are not cumulative.",
      "SLW109 line 3.pod: the counts of a in this interval are in line 2 already.",
      'SLW016 line 4.at: "yesterday" is not a valid date and time. Allowed: seconds of Unix time, or ISO 8601',
      "SLW012 line 5.errors: 11 errors of 10 requests.",
      'SLW002 line 6.requests: "many" is not a number.',
      "SLW002 line 7: it has 2 values for 6 columns.",
    ])
      expect(bad.stderr).toContain(problem);
    const unknown = await withCounts("unknown.csv", "time,pod,requests,errors\n1,a,1,0");
    expect(unknown.stderr).toContain('unknown column "time". Allowed: at, pod, requests, errors');
    const json = await withCounts("bad.jsonl", '{ "at": 60, "requests": 1 }\n{ "at": 120');
    expect(json.stderr).toContain("SLW003 line 1.errors: it is missing.");
    expect(json.stderr).toContain("SLW002 line 2: it is not valid JSON");
    expect((await withCounts("short.csv", "at,requests,errors\n60,1,0\n120,1,0")).stderr).toContain("have 2 intervals");
    expect((await calibrate("--counts", "nowhere.csv")).stderr).toContain("nowhere.csv does not exist");
  });

  test("rejects options that are not valid, and a rollout that cannot be replayed", async () => {
    const counts = folder.write("few.csv", csvOf({ ...honest, intervals: honest.intervals.slice(0, 30) }));
    expect((await calibrate("--counts", counts)).stderr).toContain(
      "slipway: digits cannot be replayed: the history is shorter than the rollout\n",
    );
    expect((await calibrate()).stderr).toContain("use either --prometheus URL or --counts FILE");
    const { code, stderr } = await calibrate("--counts", counts, "--runs", "0", "--split", "pod");
    expect(code).toBe(1);
    expect(stderr).toContain("SLW012 --runs: 0 is out of range.");
    expect(stderr).toContain(
      'SLW004 --split: "pod" is not allowed. Allowed: "pods", "intervals", "requests". Fix: Write "pods".',
    );
    expect((await calibrate("--prometheus", "http://127.0.0.1:1", "--since", "long")).stderr).toContain(
      'slipway: --since "long" is not a duration of a second or more\n',
    );
  });
});

/** A history as JSON lines, in which every second request has a correct value. */
function jsonLines({ bounds, intervals }: ServiceHistory): string[] {
  return intervals.flatMap(({ at, pods }) =>
    Object.entries(pods).map(([pod, { requests, errors, latency }]) => {
      let upTo = 0;
      const le = Object.fromEntries(bounds.map((bound, i) => [bound, (upTo += latency[i] ?? 0)]));
      const count = Math.floor(requests / 2);
      return JSON.stringify({ at, pod, requests, errors, le, metrics: { accuracy: { count, sum: count } } });
    }),
  );
}

/** A history that ends now, as the counters of an exporter in the OpenMetrics format. */
function openMetricsOf({ bounds, intervals, stepSeconds }: ServiceHistory, end: number): string {
  const labels = (pod: string) => `model="digits",version="1.0.0",pod="${pod}"`;
  const families: Record<"requests" | "buckets", string[]> = { requests: [], buckets: [] };
  for (const pod of Object.keys(intervals[0]?.pods ?? {})) {
    let [requests, errors] = [0, 0];
    const buckets = [...bounds, Infinity].map(() => 0);
    intervals.forEach((interval, i) => {
      const counts = interval.pods[pod];
      const at = end - (intervals.length - 1 - i) * stepSeconds;
      if (counts === undefined) return;
      requests += counts.requests;
      errors += counts.errors;
      let upTo = 0;
      counts.latency.forEach((count, bucket) => (buckets[bucket] = (buckets[bucket] ?? 0) + (upTo += count)));
      const counter = `slipway_inference_requests_total{${labels(pod)},code=`;
      families.requests.push(`${counter}"200"} ${requests - errors} ${at}`, `${counter}"503"} ${errors} ${at}`);
      [...bounds, "+Inf"].forEach((le, bucket) =>
        families.buckets.push(
          `slipway_inference_duration_seconds_bucket{${labels(pod)},le="${le}"} ${buckets[bucket]} ${at}`,
        ),
      );
    });
  }
  return [
    "# TYPE slipway_inference_requests counter",
    ...families.requests,
    "# TYPE slipway_inference_duration_seconds histogram",
    ...families.buckets,
    "# EOF",
    "",
  ].join("\n");
}

describeWithPrometheus("slipway calibrate --prometheus, with a real Prometheus", (binary) => {
  const server = new PrometheusServer(binary);
  const end = Math.floor(Date.now() / 60_000) * 60;
  beforeAll(() => server.start(openMetricsOf(honest, end)));
  afterAll(() => server.stop());

  test("reads the same past by pod as a file of counts", async () => {
    const args = ["--since", "4h", "--runs", "10", "--json"];
    const { code, stdout, stderr } = await calibrate("--prometheus", server.url, ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const report = JSON.parse(stdout) as CalibrationReport;
    expect(report).toMatchObject({ split: "pods", outcomes: { promoted: 10 }, history: { pods: 4, stepSeconds: 60 } });
    const counted = JSON.parse((await withCounts("same.csv", csvOf(honest), "--json")).stdout) as CalibrationReport;
    expect(report.history.errorRate / counted.history.errorRate).toBeCloseTo(1, 0);
    expect(report.history.requestsPerSecond / counted.history.requestsPerSecond).toBeCloseTo(1, 1);
    const other = folder.write("other.ts", `export { props } from "./canary"; export const name = "letters";`);
    const unknown = await folder.run("calibrate", other, "--prometheus", server.url);
    expect(unknown.stderr).toContain(`Prometheus at ${server.url} has no requests to letters in this period\n`);
  });
});

describe("slipway calibrate --prometheus", () => {
  let server: Server;
  const queries: URLSearchParams[] = [];

  /** The API of Prometheus: 60 requests a minute to each of two pods, of which one fails, all within 50 ms. */
  beforeAll(async () => {
    server = createServer(({ url: asked = "" }, response) => {
      const { searchParams } = new URL(asked, "http://prometheus");
      queries.push(searchParams);
      response.end(JSON.stringify({ status: "success", data: { result: answer(searchParams) } }));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterAll(() => server.close());

  function answer(query: URLSearchParams): object[] {
    const [start, end, step] = ["start", "end", "step"].map((name) => Number(query.get(name))) as [
      number,
      number,
      number,
    ];
    const expression = query.get("query") ?? "";
    if (expression.includes("feedback")) return [];
    const perMinute = expression.includes('code=~"5..|422|429"') ? 1 : 60;
    const times = Array.from({ length: Math.round((end - start) / step) + 1 }, (_, i) => start + i * step);
    const les = expression.includes("_bucket") ? ["0.05", "0.1", "+Inf"] : [undefined];
    return ["a", "b"].flatMap((pod) =>
      les.map((le) => ({
        metric: { version: "1.0.0", pod, ...(le !== undefined && { le }) },
        values: times.map((at) => [at, String((perMinute * (at % 1e6)) / 60)]),
      })),
    );
  }

  test("asks for counters by pod and version, in parts that one query may return", async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const args = ["--since", "2d", "--step", "30s", "--runs", "2", "--json"];
    const { stdout, stderr } = await calibrate("--prometheus", url, ...args);
    expect(stderr).toBe("");
    const { history } = JSON.parse(stdout) as CalibrationReport;
    expect(history).toMatchObject({ pods: 2, stepSeconds: 30 });
    expect(history.requestsPerSecond).toBeCloseTo(2, 1);
    expect(history.errorRate).toBeCloseTo(1 / 60, 3);
    const asked = [...new Set(queries.map((query) => query.get("query")))];
    expect(asked).toContain('sum by (version, pod, instance) (slipway_inference_requests_total{model="digits"})');
    expect(asked).toContain(
      'sum by (version, pod, instance) (slipway_inference_requests_total{model="digits",code=~"5..|422|429"})',
    );
    expect(asked).toContain(
      'sum by (version, pod, instance, le) (slipway_inference_duration_seconds_bucket{model="digits"})',
    );
    const points = queries.map((query) => (Number(query.get("end")) - Number(query.get("start"))) / 30 + 1);
    expect(Math.max(...points)).toBeLessThanOrEqual(2000);
    const tooMany = await calibrate("--prometheus", url, "--since", "90d", "--step", "15s");
    expect(tooMany.stderr).toContain("slipway: 518400 steps are too many to replay\n");
  });
});
