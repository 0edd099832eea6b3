import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { digitsModel, quickProps } from "../support/digits-rehearsal";
import { CommandFolder } from "../support/slipway-command";

jest.setTimeout(30_000);

const EXAMPLE = resolve(__dirname, "../../examples/digits-canary");
const folder = new CommandFolder();
afterAll(() => folder.remove());

const refused = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await folder.run(...args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  return stderr;
};

test("a call that is not valid is rejected with the reason and a suggestion", async () => {
  const cases: [string[], string][] = [
    [["rehearze"], 'unknown command "rehearze"; did you mean rehearse?'],
    [["rehearse", "x.ts", "--sped", "5"], "unknown option --sped; did you mean --speed?"],
    [["rehearse"], "the props FILE is missing"],
    [["timetable", "a.ts", "b.ts"], 'unexpected argument "b.ts"'],
    [["timetable", "nothing.ts"], "nothing.ts does not exist"],
  ];
  const messages = await Promise.all(cases.map(async ([args]) => (await refused(...args)).split("\n")[0]));
  expect(messages).toEqual(cases.map(([, message]) => `slipway: ${message}`));
});

test("numbers and faults on the command line are checked, and all problems are reported at once", async () => {
  const file = folder.write("quick.ts", quickProps({}));
  const faults = ["--fault", "canary:latncy=2s", "--fault", "canary:latency=250", "--fault", "canary"];
  const message = await refused("rehearse", file, "--speed", "0.5", "--rate", "fast", ...faults);
  expect(message.match(/^ {2}SLW\d+ --\w+/gm)).toEqual([
    "  SLW012 --speed",
    "  SLW002 --rate",
    "  SLW001 --fault",
    "  SLW006 --fault",
    "  SLW002 --fault",
  ]);
});

describe("a props file", () => {
  test("that cannot be used is rejected in one line that names it", async () => {
    const cases = {
      "throws.ts": ['throw new Error("no such\\nthing");', "cannot be loaded: Error: no such"],
      "syntax.ts": ["export const name = 'a' b", "cannot be loaded: Error: ParseError"],
      "imports.ts": ['import "./gone";', "cannot be loaded: Error: Cannot find module"],
      "misspelt.ts": ["export const nme = 'a'; export const props = {};", "does not export `name` (found `nme`)"],
      "half.ts": ["export const name = 'a';", "does not export `props`"],
      "unplayed.ts": [`export { name, props } from "${EXAMPLE}/props";`, "does not export `rehearsal`"],
    };
    const lines = Object.entries(cases).map(async ([file, [source = "", message = ""]]) => {
      const line = (await refused("rehearse", folder.write(file, source))).split("\n")[0] ?? "";
      return line.slice(0, `slipway: ${file} ${message}`.length);
    });
    expect(await Promise.all(lines)).toEqual(
      Object.entries(cases).map(([file, [, message]]) => `slipway: ${file} ${message}`),
    );
  });

  test("of an unknown construct is rejected with the known ones", async () => {
    const source = "export const name = 'a', props = {}, construct = 'CanaryRolout';";
    const message = await refused("timetable", folder.write("construct.ts", source));
    expect(message).toContain('construct.ts: "CanaryRolout" is not a rollout construct; did you mean CanaryRollout?');
  });

  test("in JSON is checked like one in TypeScript, and a misspelt prop is named", async () => {
    const props = { stabel: {}, canary: { version: "latest", uri: "s3://a/b" } };
    const message = await refused("manifests", folder.write("props.json", JSON.stringify({ name: "a", props })));
    expect(message).toContain("SLW001 stabel: unknown prop");
    expect(message).toContain("Fix: Write `stable`.");
    expect(message).toContain("SLW009 canary.version");
  });

  test("is checked together with the settings of its rehearsal", async () => {
    const rehearsal = 'rat: 5, faults: [{ track: "canary" }], labelMetric: "clicks",';
    const message = await refused("rehearse", folder.write("props.ts", quickProps({ rehearsal })));
    expect(message).toContain("SLW001 rehearsal.rat: unknown prop");
    expect(message).toContain("SLW003 rehearsal.faults[0]: names no fault");
    const other = quickProps({ rehearsal: 'labelMetric: "clicks",' });
    expect(await refused("rehearse", folder.write("props.ts", other))).toContain("SLW004 rehearsal.labelMetric");
    const model = quickProps({ rehearsal: `models: { "1.0.0": "${digitsModel("1.0.0")}" },` });
    expect(await refused("rehearse", folder.write("props.ts", model))).toContain('SLW003 rehearsal.models["1.1.0"]');
  });

  test("with inconsistent samples is rejected, with the paths of the problems", async () => {
    const samples = JSON.parse(readFileSync(`${EXAMPLE}/samples.json`, "utf8")) as { samples: { inputs: unknown }[] };
    samples.samples.splice(2);
    samples.samples[1] = { ...samples.samples[1], inputs: { image: [1, 2] } };
    folder.write("samples.json", JSON.stringify(samples));
    const file = folder.write("props.ts", quickProps({ rehearsal: 'samples: "samples.json",' }));
    expect(await refused("rehearse", file)).toContain("SLW012 samples[1].inputs.image: has 2 elements.");
  });
});

test("the timetable is printed as Markdown, the manifests as YAML", async () => {
  const file = folder.write("quick.ts", quickProps({}));
  const timetable = await folder.run("timetable", file);
  expect(timetable).toMatchObject({ code: 0, stderr: "" });
  expect(timetable.stdout).toMatch(/\| 1 +\| 80% +\| 20% +\| 0s – 2m +\|/);
  const manifests = await folder.run("manifests", file);
  expect(manifests).toMatchObject({ code: 0, stderr: "" });
  expect(manifests.stdout.split("\n---\n").length).toBeGreaterThan(15);
  expect((await folder.run("manifests", file, "--out", "all.yaml")).stdout).toBe("");
  expect(readFileSync(`${folder.path}/all.yaml`, "utf8")).toBe(manifests.stdout);
});

test("help is there for every command", async () => {
  const { stdout } = await folder.run();
  const commands = [...stdout.matchAll(/^ {2}(\S+(?: \w+)?) {2,}/gm)].map(([, name]) => name as string);
  expect(commands).toEqual([
    "rehearse",
    "calibrate",
    "timetable",
    "manifests",
    "ab-test plan",
    "ab-test results",
    "serve",
    "inspect",
    "conformance",
    "demo",
    "examples",
  ]);
  for (const command of commands) {
    expect((await folder.run("help", ...command.split(" "))).stdout).toContain(`Usage: slipway ${command}`);
  }
});
