import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { planCanaryRollout, type CanaryRolloutProps, type EvidenceProps } from "slipway";
import type { RehearsalReport, TrackReport } from "../../lib/drivers/rehearsal/report/report";
import { digitsModel, quickProps } from "../support/digits-rehearsal";
import { childrenOf, CommandFolder, survivors, type Ended } from "../support/slipway-command";

jest.setTimeout(60_000);

const folder = new CommandFolder();
afterAll(() => folder.remove());

const read = <T>(...path: string[]): T => JSON.parse(readFileSync(join(folder.path, ...path), "utf8")) as T;
const text = (...path: string[]): string => readFileSync(join(folder.path, ...path), "utf8");

const trackOf = ({ tracks }: RehearsalReport, role: string): TrackReport =>
  tracks.find((track) => track.role === role) as TrackReport;

describe("a better version", () => {
  let ended: Ended;
  let report: RehearsalReport;
  beforeAll(async () => {
    folder.write("good.ts", quickProps({}));
    ended = await folder.run("rehearse", "good.ts", "--out", "good");
    report = read<RehearsalReport>("good", "report.json");
  });

  test("is promoted through every weight, and no request is lost", () => {
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(report).toMatchObject({ outcome: "promoted", requests: { lost: 0, faulted: 0 } });
    expect(report.stages.map(({ weights }) => weights["digits-1-1-0"])).toEqual([0, 20, 60, 95]);
    expect(report.requests.answered).toBe(report.requests.sent);
    expect(trackOf(report, "stable").requests + trackOf(report, "canary").requests).toBe(report.requests.sent);
  });

  test("answers what was recorded", () => {
    expect(trackOf(report, "stable").compared + trackOf(report, "canary").compared).toBe(
      report.requests.sent + 2 * 360,
    );
    expect(report.tracks.map(({ mismatched }) => mismatched)).toEqual([0, 0]);
  });

  test("moves the traffic back once, as a rollback drill", () => {
    expect(report.drill).toMatchObject({ strays: 0, lost: 0 });
  });

  test("gets evidence that production accepts", () => {
    const evidence = read<EvidenceProps>("good", "evidence-1.1.0.json");
    expect(evidence.checks.map(({ kind, passed }) => [kind, passed])).toEqual([
      ["validated", true],
      ["endpoint_tested", true],
      ["rollback_tested", true],
    ]);
    const { sha256 } = evidence;
    const uri = "s3://models/digits/model.onnx";
    const props: CanaryRolloutProps = {
      environment: "production",
      stable: { version: "1.0.0", uri, sha256: trackOf(report, "stable").sha256 },
      canary: { version: "1.1.0", uri, sha256, evidence },
      objectives: { latencyP95: "100ms", errorRate: 0.01 },
      serving: { image: `slipway/serving@sha256:${sha256}` },
      routing: { istio: { hosts: ["digits.example.com"], gateways: ["istio-ingress/public"] } },
    };
    expect(planCanaryRollout("digits", props).findings).toEqual([]);
    const without = { ...evidence, checks: evidence.checks.slice(1) };
    const refused = planCanaryRollout("digits", { ...props, canary: { ...props.canary, evidence: without } });
    expect(refused.findings.map(({ code }) => code)).toEqual(["SLW204"]);
  });

  test("is reported in Markdown and as a page that loads nothing", () => {
    expect(text("good", "report.md")).toContain("### digits: canary of 1.1.0 against 1.0.0: promoted");
    const page = text("good", "report.html");
    expect(page).not.toMatch(/<(script|link|img)[^>]*\s(src|href)=/);
    expect(page).toContain(`"at":[${report.series.at.slice(0, 5).join(",")}`);
    expect(page).toContain("uPlot");
  });

  test("shows the numbers of its charts as the other tables do", () => {
    const [, script = ""] = /<script id="format">([\s\S]*?)<\/script>/.exec(text("good", "report.html")) ?? [];
    const shown = runInNewContext(
      `${script}; [format.formatLatency(0.104), format.formatShare(0.0042), format.formatDuration(90), format.formatNumber(0.977)]`,
    ) as unknown[];
    expect([...shown]).toEqual(["104ms", "0.42%", "1m30s", "0.977"]);
  });
});

test("a version that is fast, healthy and wrong is detected by the labels that come back", async () => {
  folder.write("bad.ts", quickProps({ stable: "1.1.0", canary: "1.2.0" }));
  const ended = await folder.run("rehearse", "bad.ts", "--out", "bad");
  const report = read<RehearsalReport>("bad", "report.json");
  expect(ended.code).toBe(2);
  expect(ended.stdout).toContain("rolled back");
  expect(report).toMatchObject({ outcome: "rolled-back", requests: { lost: 0 }, rollback: { strays: 0, lost: 0 } });
  expect(trackOf(report, "canary")).toMatchObject({ errors: 0, mismatched: 0 });
  expect(report.detection?.requests).toBeLessThan(200);
  const evidence = read<EvidenceProps>("bad", "evidence-1.2.0.json");
  expect(evidence.checks.find(({ kind }) => kind === "endpoint_tested")?.passed).toBe(false);
});

test("the maturity of a metric is on the rollout's clock, and no value counts before it", async () => {
  const metrics = 'metrics: [{ name: "accuracy", margin: 0.05, minimumSamples: 60, maturity: "4m" }]';
  folder.write(
    "mature.ts",
    quickProps({ rehearsal: 'labelDelay: "1m", drill: false,' }).replace(/metrics: \[.*\]/, metrics),
  );
  const ended = await folder.run("rehearse", "mature.ts", "--out", "mature");
  const report = read<RehearsalReport>("mature", "report.json");
  expect(ended.code).toBe(0);
  expect(report).toMatchObject({ outcome: "promoted", requests: { lost: 0 } });
  // The canary's values count four minutes after its first requests, so its first stage takes longer than the two declared.
  const [, first] = report.stages;
  expect((first?.until ?? 0) - (first?.from ?? 0)).toBeGreaterThan(240);
});

test("a canary that crashes is rolled back, and failed requests are counted for the fault", async () => {
  folder.write("crash.ts", quickProps({}));
  const ended = await folder.run("rehearse", "crash.ts", "--out", "crash", "--fault", "canary:crash,at=3m");
  const report = read<RehearsalReport>("crash", "report.json");
  expect(ended.code).toBe(2);
  expect(report).toMatchObject({ outcome: "rolled-back", requests: { lost: 0 }, rollback: { strays: 0 } });
  expect(report.requests.faulted).toBeGreaterThan(0);
  expect(report.detection?.since).toBe("fault");
});

test("faults at the route are injected from their time on, and detected", async () => {
  const fault = '{ track: "canary", errors: 0.4, latency: "20ms", at: "30s" }';
  folder.write("fault.ts", quickProps({ rehearsal: `faults: [${fault}],` }));
  const ended = await folder.run("rehearse", "fault.ts", "--out", "fault");
  const report = read<RehearsalReport>("fault", "report.json");
  expect(ended.code).toBe(2);
  expect(report).toMatchObject({ outcome: "rolled-back", requests: { lost: 0 } });
  expect(trackOf(report, "stable").errors).toBe(0);
  expect(trackOf(report, "canary").errors).toBe(report.requests.faulted);
});

test("without the stable version the rehearsal cannot go on", async () => {
  folder.write("stable.ts", quickProps({}));
  const ended = await folder.run("rehearse", "stable.ts", "--out", "stable", "--fault", "stable:crash,at=20s");
  expect(ended.code).toBe(1);
  expect(ended.stderr).toMatch(
    /the server of 1\.0\.0 with .* stopped \(signal SIGKILL\), and with it the stable version/,
  );
});

test("a model that cannot be served is reported in one line, before any traffic", async () => {
  folder.write("cut.onnx", readFileSync(digitsModel("1.1.0"), "latin1").slice(0, 900));
  folder.write("text.onnx", "not a model");
  const cases = {
    "missing.ts": { model: "gone.onnx", message: "gone.onnx for version 1.1.0" },
    "truncated.ts": { model: "cut.onnx", message: "cut.onnx failed to start (exit code 1): [SRV203]" },
    "no-onnx.ts": { model: "text.onnx", message: "text.onnx failed to start (exit code 1): [SRV203]" },
    "another.ts": { model: digitsModel("1.0.0"), message: "[SRV202]", sha256: "a".repeat(64) },
  };
  const results = Object.entries(cases).map(async ([file, { model, ...rest }]) => {
    const models = `models: { "1.0.0": "${digitsModel("1.0.0")}", "1.1.0": "${model}" },`;
    const canaryProps = "sha256" in rest ? `sha256: "${rest.sha256}"` : "";
    folder.write(file, quickProps({ rehearsal: models, canaryProps }));
    const { code, stderr } = await folder.run("rehearse", file);
    return { file, code, lines: stderr.trim().split("\n").length, reported: stderr.includes(rest.message) };
  });
  expect(await Promise.all(results)).toEqual(
    Object.keys(cases).map((file) => ({ file, code: 1, lines: 1, reported: true })),
  );
});

describe("however a rehearsal ends, it leaves nothing behind", () => {
  const start = async () => {
    folder.write("ended.ts", quickProps({ rehearsal: 'labelDelay: "1h",' }));
    const running = folder.start("rehearse", "ended.ts");
    await running.saying("20% to digits-1-1-0");
    const parent = running.process.pid as number;
    return { ...running, parent, servers: childrenOf(parent) };
  };

  test("Ctrl-C", async () => {
    const { process: command, ended, servers } = await start();
    expect(servers).toHaveLength(2);
    command.kill("SIGINT");
    const { code, stdout, stderr } = await ended;
    expect({ code, stderr }).toMatchObject({ code: 130, stderr: expect.stringContaining("interrupted") as string });
    expect(stdout).not.toContain("crashed");
    expect(await survivors(servers)).toEqual([]);
    expect(folder.leftovers()).toEqual([]);
  });

  test("a second Ctrl-C, which ends it at once", async () => {
    const { process: command, ended, servers } = await start();
    command.kill("SIGINT");
    command.kill("SIGTERM");
    expect(await ended).toMatchObject({ code: 130 });
    expect(await survivors(servers)).toEqual([]);
    expect(folder.leftovers()).toEqual([]);
  });

  test("SIGKILL: the servers notice", async () => {
    const { process: command, ended, servers } = await start();
    command.kill("SIGKILL");
    await ended;
    expect(await survivors(servers)).toEqual([]);
  });
});
