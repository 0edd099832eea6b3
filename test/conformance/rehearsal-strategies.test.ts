import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { RehearsalReport } from "../../lib/drivers/rehearsal/report/report";
import { CommandFolder } from "../support/slipway-command";

jest.setTimeout(120_000);

const EXAMPLES = resolve(__dirname, "../../examples");
const folder = new CommandFolder();
afterAll(() => folder.remove());

interface Changes {
  /** Members of `rehearsal` and of `props`, as source text. */
  readonly rehearsal?: string;
  readonly props?: string;
}

/** Rehearses an example with changes, at a rate that a busy machine can sustain. */
async function rehearse(
  example: string,
  changes: Changes = {},
): Promise<{ code: number | null; report: RehearsalReport; summary: string }> {
  const name = writeProps(example, changes);
  const { code, stdout } = await folder.run("rehearse", `${name}.ts`, "--out", name);
  const report = JSON.parse(readFileSync(join(folder.path, name, "report.json"), "utf8")) as RehearsalReport;
  return { code, report, summary: stdout };
}

/** Writes a props file with an example and changes to it, and returns its name. */
function writeProps(example: string, changes: Changes): string {
  const path = `${EXAMPLES}/${example}`;
  const name = example.replaceAll(/\W/g, "-");
  const models = ["1.0.0", "1.1.0", "1.2.0"].map(
    (version) => `"${version}": "${EXAMPLES}/digits-canary/models/digits/${version}/model.onnx"`,
  );
  folder.write(
    `${name}.ts`,
    `import { construct, name, props, rehearsal as original } from "${path}";
    const samples = "${EXAMPLES}/digits-canary/samples.json";
    const rehearsal = { ...original, models: { ${models.join(", ")} }, samples, rate: 120, speed: 120, ${changes.rehearsal ?? ""} };
    // Latency is not judged, because a busy machine adds to it.
    const { objectives, ...others } = props;
    export { construct, name, quiet as props, rehearsal };
    const quiet = { ...others, objectives: { errorRate: objectives.errorRate }, ${changes.props ?? ""} };`,
  );
  return name;
}

test("canary: an outage of both versions rolls nobody back", async () => {
  const { code, report, summary } = await rehearse("digits-outage/props");
  expect(code).toBe(0);
  expect(report).toMatchObject({ outcome: "promoted", requests: { lost: 0 } });
  expect(report.tracks.every(({ errors }) => errors > 0)).toBe(true);
  const kinds = report.events.map(({ kind }) => kind);
  expect(kinds.indexOf("service-unwell")).toBeGreaterThan(0);
  expect(kinds.indexOf("service-recovered")).toBeGreaterThan(kinds.indexOf("service-unwell"));
  expect(summary).toContain("all tracks: 100% errors, from 5m for 1m");
});

test("canary: an outage of both versions does not hide a bad model", async () => {
  const { code, report } = await rehearse("digits-outage/bad.props");
  expect(code).toBe(2);
  expect(report).toMatchObject({ outcome: "rolled-back", requests: { lost: 0 } });
  expect(report.reason).toContain("accuracy");
  expect(report.requests.faulted).toBeGreaterThan(0);
});

test("blue-green: traffic is never switched to a green that does not answer as recorded", async () => {
  const { code, report } = await rehearse("digits-blue-green/wrong.props", {
    rehearsal: 'faults: [{ track: "green", wrong: 0.2 }]',
  });
  expect(code).toBe(2);
  expect(report).toMatchObject({ outcome: "rolled-back", requests: { lost: 0 } });
  expect(report.tracks.map(({ requests }) => requests > 0)).toEqual([true, false]);
  expect(report.reason).toContain("was never switched to");
});

test("blue-green: traffic is switched back from a green that is wrong only by its labels", async () => {
  const { code, report } = await rehearse("digits-blue-green/bad.props");
  expect(code).toBe(2);
  expect(report).toMatchObject({ outcome: "rolled-back", requests: { lost: 0 }, rollback: { strays: 0 } });
  expect(report.stages.map(({ weights }) => weights["digits-1-2-0"])).toEqual([0, 100]);
});

test("shadow: predictions are compared, noise in the feedback does not count, and the shadow serves no user", async () => {
  const { code, report } = await rehearse("digits-shadow/props", {
    rehearsal: "feedbackNoise: { repeated: 0.1, unknown: 0.05, foreign: 0.05 }",
  });
  expect(code).toBe(0);
  const [live, shadow] = report.tracks;
  expect(report).toMatchObject({ outcome: "completed", requests: { lost: 0 } });
  expect(live.requests).toBe(report.requests.sent);
  expect(shadow).toMatchObject({ weight: 0, mirror: 50, shadow: true });
  expect(report.comparison?.agreement).toBeGreaterThan(0.95);
  expect(report.comparison?.pairs).toBeGreaterThanOrEqual(200);
  const { sent, accepted, duplicate, refused, counted, noise } = report.feedback;
  expect(Object.values(noise).every((count) => count > 0)).toBe(true);
  expect({ duplicate, refused }).toEqual({ duplicate: noise.repeated, refused: noise.unknown + noise.foreign });
  expect(accepted).toBe(sent - duplicate - refused);
  expect(counted).toBe(accepted);
});

test("bandit: rewards at declared rates move the split to the best arm", async () => {
  const { code, report } = await rehearse("digits-bandit/props", {
    props:
      'reward: { metric: "clicks" }, traffic: { updateEvery: "1m", maxStep: 30, warmUp: { rewards: 60 }, duration: "15m" }',
    rehearsal: 'rewards: { clicks: { "1.0.0": 0.2, "1.1.0": 0.7, "1.2.0": 0.2 } }, labelDelay: "30s"',
  });
  expect(code).toBe(0);
  const [, leader, loser] = report.tracks;
  expect(report).toMatchObject({ outcome: "completed", requests: { lost: 0 } });
  expect(leader?.metrics["clicks"]?.low).toBeGreaterThan(loser?.metrics["clicks"]?.high ?? 1);
  expect(leader?.weight).toBeGreaterThan(60);
});

test("a rollout that can never be decided pauses at its deadline, and the report names what was missing", async () => {
  const metric = '{ name: "accuracy", margin: 0.05, minimumSamples: 1_000_000 }';
  const { code, report, summary } = await rehearse("digits-blue-green/props", {
    props: `watchFor: "2m", analysis: { minimumSamples: 60, metrics: [${metric}] }`,
    rehearsal: "deadline: 5",
  });
  expect(code).toBe(2);
  expect(report).toMatchObject({ outcome: "paused", deadlineSeconds: 600, requests: { lost: 0 } });
  expect(report.rolloutSeconds).toBeGreaterThanOrEqual(600);
  expect(report.rolloutSeconds).toBeLessThan(1200);
  expect(report.reason).toMatch(/accuracy.* of 1,?000,?000/);
  expect(report.gates.find(({ gate }) => gate.includes("accuracy"))?.verdict).toBe("needs-more-samples");
  expect(summary).toContain(report.reason);
  expect(summary).toMatch(/evidence-1\.1\.0\.json/);
});

test("a shadow without copies is not rehearsed, because there would be nothing to judge", async () => {
  const name = writeProps("digits-shadow/props", { props: "percent: 0" });
  const { code, stdout, stderr } = await folder.run("rehearse", `${name}.ts`);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("SLW012 rehearsal: digits-1-1-0 would get neither requests nor copies of requests");
});
