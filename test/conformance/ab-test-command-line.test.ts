import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { AbTestReport } from "../../lib/drivers/ab-test/report";
import { freePort } from "../../lib/drivers/rehearsal/free-port";
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

/** A look at requests in equal parts, of which half have a value. */
const look = (after: string, requests: number, control: number, variant: number) => {
  const counts = (share: number): Counts => ({ requests, values: requests / 2, sum: (requests / 2) * share });
  return { after, versions: { "1.0.0": counts(control), "1.1.0": counts(variant) } };
};

const counted = (name: string, ...looks: object[]) => folder.write(name, JSON.stringify({ looks }));

describe("slipway ab-test results", () => {
  test("tells a winner with its interval, as text, as JSON and as a picture", async () => {
    const counts = counted("won.json", look("1d", 4000, 0.5, 0.54), look("7d", 40_000, 0.5, 0.54));
    const text = await folder.run("ab-test", "results", file, "--counts", counts, "--picture", "won.svg");
    expect(text).toMatchObject({ code: 0 });
    expect(text.stdout).toContain("digits: 1.0.0 against 1.1.0 by arrived, running for 7d of 14d");
    expect(text.stdout).toMatch(
      /\| 1\.1\.0 +\| winner +\| 40,000 +\| 20,000 +\| 0\.54 +\| \+8 % +\| \+[45][.\d]* % and \+1[01][.\d]* % \|/,
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

  test("says that nothing can be said yet, and what is no difference", async () => {
    const few = await folder.run(
      "ab-test",
      "results",
      file,
      "--counts",
      counted("few.json", look("1h", 300, 0.5, 0.6)),
    );
    expect(few).toMatchObject({ code: 0 });
    expect(few.stdout).toContain("| not enough data |");
    const many = counted("equal.json", look("10d", 400_000, 0.5, 0.501));
    expect((await folder.run("ab-test", "results", file, "--counts", many)).stdout).toContain("| no difference |");
  });

  test("says when a broken split stopped the test, and exits with 2", async () => {
    const broken = look("2d", 10_000, 0.5, 0.6);
    broken.versions["1.1.0"] = { ...broken.versions["1.1.0"], requests: 6000 };
    const { code, stdout } = await folder.run("ab-test", "results", file, "--counts", counted("broken.json", broken));
    expect(code).toBe(2);
    expect(stdout).toContain("Stopped: the split is broken: ");
  });

  test("refuses counts that do not fit the test, all problems at once", async () => {
    const { versions } = look("1d", 100, 0.5, 0.5);
    const counts = counted(
      "bad.json",
      { after: "1d", versions: { "1.0.0": versions["1.0.0"] } },
      { after: "2h", versions },
    );
    const { code, stderr } = await folder.run("ab-test", "results", file, "--counts", counts);
    expect(code).toBe(1);
    expect(stderr).toContain('SLW003 looks[0].versions["1.1.0"]: it is missing.');
    expect(stderr).toContain("SLW012 looks[1].after: it is before the look above.");
    const nowhere = await folder.run("ab-test", "results", file);
    expect(nowhere.stderr).toContain("say where the counts are: --prometheus URL or --counts FILE");
  });
});

describe("slipway ab-test results --prometheus", () => {
  let server: Server;
  const queries: URLSearchParams[] = [];

  /** The API of Prometheus, with a pod for each version, and a second one that takes over from 1.1.0's first half-way. */
  beforeAll(async () => {
    server = createServer((request, response) => {
      const { searchParams } = new URL(request.url ?? "", "http://prometheus");
      queries.push(searchParams);
      response.end(JSON.stringify({ status: "success", data: { result: answer(searchParams) } }));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterAll(() => server.close());

  function answer(query: URLSearchParams) {
    const [start, end, step] = ["start", "end", "step"].map((name) => Number(query.get(name))) as [
      number,
      number,
      number,
    ];
    const [name] = /^\w+/.exec(query.get("query") ?? "") ?? [];
    const values = (perStep: number, before: number, from: number, until: number) => {
      const moments: [number, string][] = [];
      for (let i = 0; start + i * step <= end; i++) {
        const part = i / Math.round((end - start) / step);
        const since = part < from ? undefined : i - Math.ceil(from * Math.round((end - start) / step));
        if (since !== undefined && part <= until) moments.push([start + i * step, String(before + perStep * since)]);
      }
      return moments;
    };
    const series = (version: string, pod: string, rate: number, before: number, from = 0, until = 1) => ({
      metric: { version, pod, code: "200", metric: "arrived" },
      values: values(rate, before, from, until),
    });
    const share =
      {
        slipway_feedback_total: [1, 1],
        slipway_feedback_value_sum: [0.5, 0.56],
        slipway_feedback_value_squares_sum: [0.5, 0.56],
      }[name ?? ""] ?? (name === "slipway_inference_requests_total" ? [2, 2] : undefined);
    if (share === undefined) return [];
    const [control = 0, variant = 0] = share.map((each) => 100 * each);
    return [
      series("1.0.0", "a", control, 1e6),
      series("1.1.0", "b", variant, 5e5, 0, 0.5),
      series("1.1.0", "c", variant, variant, 0.5 + 1e-9),
    ];
  }

  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  test("judges what was counted since the test began, over pods that come and go", async () => {
    const { code, stdout } = await folder.run(
      "ab-test",
      "results",
      file,
      "--prometheus",
      url(),
      "--since",
      "3d",
      "--json",
    );
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as AbTestReport;
    expect(report.after).toBeCloseTo(3 * 86_400, -4);
    expect(report.requests).toEqual({ "1.0.0": 60_000, "1.1.0": 60_000 });
    expect(report.variants).toMatchObject([
      { version: "1.1.0", verdict: "winner", values: { control: 30_000, variant: 30_000 } },
    ]);
    expect(queries.map((query) => query.get("query"))).toContain(
      'slipway_feedback_total{model="digits",version=~"1\\\\.0\\\\.0|1\\\\.1\\\\.0"}',
    );
  });

  test("says that a server does not answer, and asks when the test began", async () => {
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const { code, stderr } = await folder.run("ab-test", "results", file, "--prometheus", nobody, "--since", "3d");
    expect(code).toBe(1);
    expect(stderr).toContain(`slipway: Prometheus at ${nobody} does not answer\n  connect ECONNREFUSED`);
    const timeless = await folder.run("ab-test", "results", file, "--prometheus", url());
    expect(timeless.stderr).toContain("say when the test began");
  });
});

test("slipway ab-test plan says how long a test must run, and whether the declared one does", async () => {
  const plan = (rate: string) => folder.run("ab-test", "plan", file, "--baseline", "0.5", "--rate", rate);
  const [long, short] = await Promise.all([plan("1"), plan("0.01")]);
  expect(long).toMatchObject({ code: 0 });
  expect(long.stdout).toMatch(/^ +5 % +[\d,]+ values each +\w+ +within 14d +← minimumEffect$/m);
  expect(short).toMatchObject({ code: 2 });
  expect(short.stdout).toMatch(/^ +5 % .* longer than 14d +← minimumEffect$/m);
  expect((await folder.run("ab-test", "plan", file)).stderr).toContain("--baseline N --rate N");
});

test("a command of two words is found, and half of it is told the other half", async () => {
  expect((await folder.run("help", "ab-test", "plan")).stdout).toContain("Usage: slipway ab-test plan FILE");
  expect((await folder.run("ab-test")).stderr).toContain("ab-test plan, ab-test results");
});
