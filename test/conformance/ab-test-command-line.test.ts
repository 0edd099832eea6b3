import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { AbTestReport } from "../../lib/drivers/ab-test/report";
import { freePort } from "../../lib/drivers/rehearsal/servers/free-port";
import { describeWithPromtool, testRules } from "../support/promtool";
import { CommandFolder } from "../support/slipway-command";

jest.setTimeout(30_000);

const folder = new CommandFolder();
afterAll(() => folder.remove());

const EXAMPLE = resolve(__dirname, "../../examples/digits-ab-test/props");
const file = folder.write(
  "test.ts",
  `import { construct, name, props as example } from "${EXAMPLE}";
  const { analysis, ...others } = example;
  const props = { ...others, metric: { name: "arrived", minimumEffect: 0.05 }, duration: "14d" };
  export { construct, name, props };`,
);

interface Counts {
  readonly requests: number;
  readonly values: number;
  readonly sum: number;
}

/** Counts of equally split requests, half of which have a value. */
const countsAfter = (after: string, requests: number, control: number, variant: number) => {
  const counts = (share: number): Counts => ({ requests, values: requests / 2, sum: (requests / 2) * share });
  return { after, versions: { "1.0.0": counts(control), "1.1.0": counts(variant) } };
};

const writeCounts = (name: string, ...looks: object[]) => folder.write(name, JSON.stringify({ looks }));

describe("slipway ab-test results", () => {
  test("reports a winner with its interval, as text, as JSON and as a plot", async () => {
    const counts = writeCounts("won.json", countsAfter("1d", 4000, 0.5, 0.54), countsAfter("7d", 40_000, 0.5, 0.54));
    const text = await folder.run("ab-test", "results", file, "--counts", counts, "--picture", "won.svg");
    expect(text).toMatchObject({ code: 0 });
    expect(text.stdout).toContain("digits: 1.0.0 against 1.1.0 by arrived, running for 7d of 14d");
    expect(text.stdout).toMatch(
      /\| 1\.1\.0 +\| winner +\| 40,000 +\| 20,000 +\| 0\.54 +\| \+8% +\| \+[45][.\d]*% to \+1[01][.\d]*% +\|/,
    );
    const picture = readFileSync(join(folder.path, "won.svg"), "utf8");
    expect(picture).toMatch(/^<svg [^>]*>[\s\S]*<polygon class="band" points="(\S+,\S+ ){3}\S+"\/>[\s\S]*<\/svg>\n$/);
    const json = await folder.run("ab-test", "results", file, "--counts", counts, "--json");
    const report = JSON.parse(json.stdout) as AbTestReport;
    expect(report).toMatchObject({
      phase: "running",
      control: "1.0.0",
      variants: [{ version: "1.1.0", verdict: "winner" }],
    });
    const widths = report.looks.flatMap(({ variants }) => variants.map(({ difference }) => difference)).slice(1);
    const [early = Infinity, late = Infinity] = widths.map((each) => each && each.to - each.from);
    expect(late).toBeLessThan(early / 2);
  });

  test("reports too little data, and no difference", async () => {
    const few = await folder.run(
      "ab-test",
      "results",
      file,
      "--counts",
      writeCounts("few.json", countsAfter("1h", 300, 0.5, 0.6)),
    );
    expect(few).toMatchObject({ code: 0 });
    expect(few.stdout).toContain("| not enough data |");
    const many = writeCounts("equal.json", countsAfter("10d", 400_000, 0.5, 0.501));
    expect((await folder.run("ab-test", "results", file, "--counts", many)).stdout).toContain("| no difference |");
  });

  test("reports a sample ratio mismatch of the users that stopped the test, and exits with 2", async () => {
    const { after, versions } = countsAfter("2d", 10_000, 0.5, 0.6);
    const users = (version: keyof typeof versions, newUsers: number) => ({ ...versions[version], newUsers });
    const mismatch = { after, versions: { "1.0.0": users("1.0.0", 5000), "1.1.0": users("1.1.0", 3000) } };
    const counts = writeCounts("mismatch.json", mismatch);
    const { code, stdout } = await folder.run("ab-test", "results", file, "--counts", counts);
    expect(code).toBe(2);
    expect(stdout).toMatch(/^Stopped: sample ratio mismatch: \S+ got 62\.5% of the new users, 50% was declared\.$/m);
    const json = await folder.run("ab-test", "results", file, "--counts", counts, "--json");
    expect(JSON.parse(json.stdout)).toMatchObject({
      splitCheckedBy: "new users",
      brokenSplit: { version: "1.0.0", declared: 50, observed: 62.5, unit: "new users" },
    });
  });

  test("rejects counts that do not fit the test, with all problems at once", async () => {
    const { versions } = countsAfter("1d", 100, 0.5, 0.5);
    const counts = writeCounts(
      "bad.json",
      { after: "1d", versions: { "1.0.0": versions["1.0.0"] } },
      { after: "2h", versions },
    );
    const { code, stderr } = await folder.run("ab-test", "results", file, "--counts", counts);
    expect(code).toBe(1);
    expect(stderr).toContain('SLW003 looks[0].versions["1.1.0"]: is missing.');
    expect(stderr).toContain("SLW012 looks[1].after: is before the previous look.");
    const sums = { requests: 100, values: 50 };
    const odd = writeCounts("odd.json", {
      after: "1d",
      versions: {
        "1.0.0": { ...sums, sum: 51 },
        "1.1.0": { ...sums, sum: 40, sumOfSquares: 30 },
        "1.2.0": { ...sums, sum: 40 },
      },
    });
    const messages = (await folder.run("ab-test", "results", file, "--counts", odd)).stderr;
    expect(messages).toContain('SLW012 looks[0].versions["1.0.0"].sum: 51 is not the sum of 50 values of arrived.');
    expect(messages).toContain('SLW012 looks[0].versions["1.1.0"].sumOfSquares: 30 is too small');
    expect(messages).toContain('SLW004 looks[0].versions["1.2.0"]: is not a variant of this test.');
    const nowhere = await folder.run("ab-test", "results", file);
    expect(nowhere.stderr).toContain(
      "the source of the counts is missing: use either --prometheus URL or --counts FILE",
    );
  });
});

describe("slipway ab-test results --prometheus", () => {
  let server: Server;
  const queries: URLSearchParams[] = [];
  const authorizations = new Set<string | undefined>();

  /** The API of Prometheus, which sums over pods: the increase in each step. */
  beforeAll(async () => {
    server = createServer(({ url: asked = "", headers }, response) => {
      const { pathname, searchParams } = new URL(asked, "http://prometheus");
      if (pathname !== "/api/v1/query_range") return response.writeHead(404).end("<html>no such page</html>");
      queries.push(searchParams);
      authorizations.add(headers.authorization);
      return response.end(JSON.stringify({ status: "success", data: { result: answer(searchParams) } }));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterAll(() => server.close());

  const GAINED: Readonly<Record<string, readonly [control: number, variant: number]>> = {
    slipway_inference_requests_total: [200, 200],
    slipway_feedback_total: [100, 100],
    slipway_feedback_value_sum: [50, 56],
    slipway_feedback_value_squares_sum: [50, 56],
    slipway_user_group_requests_total: [8, 8],
    slipway_user_group_feedback_total: [4, 4],
    slipway_user_group_feedback_value_sum: [2, 2.24],
    slipway_new_users_total: [60, 60],
  };

  /** The same in every step, except for one in which the variant was not scraped. */
  function answer(query: URLSearchParams): object[] {
    const read = (name: string) => Number(query.get(name));
    const [start, end, step] = [read("start"), read("end"), read("step")];
    const expression = query.get("query") ?? "";
    // No request failed.
    if (expression.includes("5..|422|429")) return unreachable(expression, start, end, step);
    if (expression.includes("istio_requests_total")) return [];
    const gained = Object.entries(GAINED).find(
      ([name]) => expression.includes(name) && expression.includes('"digits"'),
    );
    const times = Array.from({ length: Math.round((end - start) / step) + 1 }, (_, i) => start + i * step);
    const groups = expression.includes("user_group") ? Array.from({ length: 25 }, (_, group) => String(group)) : [""];
    return (gained?.[1] ?? []).flatMap((perStep, i) =>
      groups.map((user_group) => ({
        metric: { version: `1.${i}.0`, metric: "arrived", user_group },
        values: times.filter((_, at) => i === 0 || at !== 7).map((at) => [at, String(perStep)]),
      })),
    );
  }

  /** Requests in each step that only the gateway counts, because they never reached the variant. */
  let lostByVariant = 0;
  function unreachable(expression: string, start: number, end: number, step: number): object[] {
    if (lostByVariant === 0 || !/istio_requests_total\{[^}]*digits-1-1-0/.test(expression)) return [];
    const times = Array.from({ length: Math.round((end - start) / step) + 1 }, (_, i) => start + i * step);
    const values = times.map((at) => [at, String(lostByVariant)]);
    return [{ metric: { destination_service_namespace: "ml" }, values }];
  }

  const port = () => (server.address() as AddressInfo).port;
  const results = (...args: string[]) => folder.run("ab-test", "results", file, "--prometheus", ...args);

  test("evaluates the counts since the test began, without showing the password", async () => {
    const { code, stdout } = await results(`http://me:secret@127.0.0.1:${port()}/`, "--since", "3d", "--json");
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as AbTestReport;
    expect(report.after).toBe(3 * 86_400);
    expect(report.requests).toEqual({ "1.0.0": 60_000, "1.1.0": 59_800 });
    expect(report.variants).toMatchObject([
      { version: "1.1.0", verdict: "winner", unit: "users", values: { control: 30_000, variant: 29_900 } },
    ]);
    expect(report.splitCheckedBy).toBe("new users");
    expect(queries.map((query) => query.get("query"))).toContain(
      'sum by (version, metric) (increase(slipway_feedback_total{model="digits",version=~"1\\\\.0\\\\.0|1\\\\.1\\\\.0"}[864s]))',
    );
    expect(queries.map((query) => query.get("query"))).toContain(
      'sum by (version, metric, user_group) (increase(slipway_user_group_feedback_total{model="digits",version=~"1\\\\.0\\\\.0|1\\\\.1\\\\.0"}[864s]))',
    );
    expect([...authorizations]).toEqual([`Basic ${Buffer.from("me:secret").toString("base64")}`]);
    const elsewhere = await results(`http://me:secret@127.0.0.1:${port()}/prometheus`, "--since", "3d");
    expect(elsewhere.stderr).toContain(
      `slipway: the server at http://127.0.0.1:${port()}/prometheus is not Prometheus\n`,
    );
  });

  test("counts requests that never reached a server as errors, as the gateway sees them", async () => {
    const ask = async () => {
      const { code, stdout } = await results(`http://127.0.0.1:${port()}`, "--since", "3d", "--json");
      return { code, report: JSON.parse(stdout) as AbTestReport };
    };
    expect((await ask()).report.phase).toBe("running");
    // 5% of the requests, with an objective of 1%.
    lostByVariant = 10;
    const failing = await ask();
    lostByVariant = 0;
    expect(failing.code).toBe(2);
    expect(JSON.stringify(failing.report)).toMatch(/error rate 5% of [\d,]+ requests against/);
  });

  test("reports a server that does not answer or has no data, and a missing start of the test", async () => {
    const closed = `http://127.0.0.1:${await freePort()}`;
    const { code, stderr } = await results(closed, "--since", "3d");
    expect(code).toBe(1);
    expect(stderr).toContain(`slipway: Prometheus at ${closed} does not answer\n  connect ECONNREFUSED`);
    const url = `http://127.0.0.1:${port()}`;
    const other = folder.write("other.ts", `export { construct, props } from "./test"; export const name = "letters";`);
    const unknown = await folder.run("ab-test", "results", other, "--prometheus", url, "--since", "3d");
    expect(unknown.stderr).toContain(`Prometheus at ${url} has no requests to letters in this period\n`);
    expect((await results(url)).stderr).toContain("the start of the test is missing");
  });

  describeWithPromtool("the queries, by promtool", () => {
    test("are summed over pods that start, restart and end", async () => {
      await results(`http://127.0.0.1:${port()}`, "--since", "10h");
      const [all = "", failed = ""] = queries
        .map((query) => query.get("query") ?? "")
        .filter((each) => /slipway_inference_requests_total.*\[120s\]/.test(each));
      const pod = (version: string, name: string, code = "200") =>
        `slipway_inference_requests_total{model="digits",version="${version}",pod="${name}",code="${code}"}`;
      const series = {
        [pod("1.0.0", "old")]: "1000000+30x60", // it has run for long, and gains 120 in each two minutes
        [pod("1.1.0", "a")]: "0+30x60",
        [pod("1.1.0", "b")]: "_x8 0+30x12 0+30x12 stale", // begins at 4m, restarts at 10m30s, ends at 17m
        [pod("1.1.0", "a", "500")]: "0x60",
        [pod("1.0.0", "old", "422")]: "7+5x60",
        'slipway_inference_requests_total{model="digits",version="1x1.0",code="200"}': "0+30x60",
      };
      const values = (
        [
          ["10m", 240],
          ["12m", 210], // at its restart it was at 0 again
          ["20m", 120],
        ] as const
      ).flatMap(([at, variant]) => [
        { at, expr: all, samples: { '{version="1.0.0"}': 140, '{version="1.1.0"}': variant } },
        { at, expr: failed, samples: { '{version="1.0.0"}': 20, '{version="1.1.0"}': 0 } },
      ]);
      expect(testRules({ groups: [] }, [{ name: "pods", interval: "30s", series, firing: {}, values }])).toEqual([]);
    });
  });
});

test("slipway ab-test plan prints how long a test must run, and whether the declared one is long enough", async () => {
  const plan = (rate: string) => folder.run("ab-test", "plan", file, "--baseline", "0.5", "--rate", rate);
  const [long, short] = await Promise.all([plan("1"), plan("0.01")]);
  expect(long).toMatchObject({ code: 0 });
  expect(long.stdout).toMatch(/^ +5% +[\d,]+ values each +\w+ +within 14d +← minimumEffect$/m);
  expect(short).toMatchObject({ code: 2 });
  expect(short.stdout).toMatch(/^ +5% .* longer than 14d +← minimumEffect$/m);
  expect((await folder.run("ab-test", "plan", file)).stderr).toContain("--baseline N --rate N");
  const known = folder.write(
    "known.ts",
    `import { props as test } from "./test"; export { construct, name } from "./test";
    export const props = { ...test, expected: { valuesPerHour: 3600, mean: 0.5 } };`,
  );
  expect(await folder.run("ab-test", "plan", known)).toEqual(long);
});

test("a command of two words is found, and its first word alone lists the commands", async () => {
  expect((await folder.run("help", "ab-test", "plan")).stdout).toContain("Usage: slipway ab-test plan FILE");
  expect((await folder.run("ab-test")).stderr).toContain("ab-test plan, ab-test results");
});
