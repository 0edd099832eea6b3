import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ExtendedLibrary, type Edit } from "../support/extended-library";
import { ROOT } from "../support/sources";

/** What CONTRIBUTING.md says to change in files that are there already. */
const STRATEGY: readonly Edit[] = [
  {
    file: "lib/strategies/registry.ts",
    find: "/** The policy of any strategy. */",
    replace: `import type { FixedSplitPolicy } from "./fixed-split/policy";\nimport { fixedSplit } from "./fixed-split/strategy";\n\n/** The policy of any strategy. */`,
  },
  { file: "lib/strategies/registry.ts", find: "| BanditPolicy;", replace: "| BanditPolicy | FixedSplitPolicy;" },
  { file: "lib/strategies/registry.ts", find: "  bandit,\n", replace: '  bandit,\n  "fixed-split": fixedSplit,\n' },
  {
    file: "lib/constructs/registry.ts",
    find: 'import { planModelService } from "./model-service/plan";',
    replace: `import { planFixedSplit } from "./fixed-split/plan";\nimport { planModelService } from "./model-service/plan";`,
  },
  {
    file: "lib/constructs/registry.ts",
    find: "export const ROLLOUTS: readonly RolloutEntry[] = [\n",
    replace: `export const ROLLOUTS: readonly RolloutEntry[] = [
  {
    className: "FixedSplit",
    folder: "fixed-split",
    plan: planFixedSplit,
    strategy: "fixed-split",
    hasTracks: true,
    serves: "a new version, for a fixed share of the requests",
    choice: { goal: "try a version", exposure: "a fixed share", learned: "whether it passes", replicas: "two tracks" },
  },
`,
  },
  {
    file: "lib/index.ts",
    find: 'export * from "./constructs/model-service/props";',
    replace: `export * from "./constructs/fixed-split/props";\nexport { planFixedSplit } from "./constructs/fixed-split/plan";\nexport * from "./constructs/model-service/props";`,
  },
  {
    file: "lib/pulumi.ts",
    find: 'export { ModelService } from "./constructs/model-service/pulumi";',
    replace: `export { FixedSplit } from "./constructs/fixed-split/pulumi";\nexport { ModelService } from "./constructs/model-service/pulumi";`,
  },
  {
    file: "lib/cdk8s.ts",
    find: 'export { ModelService } from "./constructs/model-service/cdk8s";',
    replace: `export { FixedSplit } from "./constructs/fixed-split/cdk8s";\nexport { ModelService } from "./constructs/model-service/cdk8s";\nexport type { FixedSplitProps } from "./constructs/fixed-split/props";`,
  },
];

const ROUTER: readonly Edit[] = [
  {
    file: "lib/routing/props.ts",
    find: 'export type * from "./istio/props";',
    replace: `import type { PlainRoutingProps } from "./plain/props";\n\nexport type * from "./istio/props";\nexport type * from "./plain/props";`,
  },
  {
    file: "lib/routing/props.ts",
    find: "  readonly istio?: IstioRoutingProps;\n",
    replace: `  readonly istio?: IstioRoutingProps;\n  /**\n   * The plain gateway.\n   * @default - another member is given\n   */\n  readonly plain?: PlainRoutingProps;\n`,
  },
  {
    file: "lib/routing/registry.ts",
    find: 'import type { RoutingProps } from "./props";',
    replace: `import { plain } from "./plain/router";\nimport type { RoutingProps } from "./props";`,
  },
  { file: "lib/routing/registry.ts", find: "= { istio };", replace: "= { istio, plain };" },
];

const RUNTIME: readonly Edit[] = [
  {
    file: "lib/runtimes/props.ts",
    find: 'export type * from "./onnx/props";',
    replace: `import type { TwinRuntimeProps } from "./twin/props";\n\nexport type * from "./onnx/props";\nexport type * from "./twin/props";`,
  },
  {
    file: "lib/runtimes/props.ts",
    find: "  readonly onnx?: OnnxRuntimeProps;\n",
    replace: `  readonly onnx?: OnnxRuntimeProps;\n  /**\n   * A server like the bundled one.\n   * @default - another member is given\n   */\n  readonly twin?: TwinRuntimeProps;\n`,
  },
  {
    file: "lib/runtimes/registry.ts",
    find: 'import type { RuntimeProps } from "./props";',
    replace: `import type { RuntimeProps } from "./props";\nimport { twin } from "./twin/runtime";`,
  },
  { file: "lib/runtimes/registry.ts", find: "= { onnx };", replace: "= { onnx, twin };" },
];

const DIGITS = join(ROOT, "examples/digits-canary");

/** A rollout that uses all three, on the models of the example. */
const PROPS = `
const at = (version) => ({ version, uri: \`s3://models/digits/\${version}/model.onnx\` });
export const name = "digits";
export const construct = "FixedSplit";
export const props = {
  baseline: at("1.0.0"),
  candidate: at("1.1.0"),
  weight: 40,
  duration: "2m",
  objectives: { latencyP95: "500ms", errorRate: 0.02 },
  routing: { plain: { host: "digits.example.com" } },
  runtime: { twin: {} },
};
export const rehearsal = {
  models: {
    "1.0.0": "${DIGITS}/models/digits/1.0.0/model.onnx",
    "1.1.0": "${DIGITS}/models/digits/1.1.0/model.onnx",
  },
  samples: "${DIGITS}/samples.json",
};
`;

describe("a strategy, a router and a runtime that are added as CONTRIBUTING.md says", () => {
  const library = new ExtendedLibrary([...STRATEGY, ...ROUTER, ...RUNTIME]);

  beforeAll(() => writeFileSync(join(library.path, "props.ts"), PROPS));
  afterAll(() => library.remove());

  const section = (title: string) =>
    readFileSync(join(ROOT, "CONTRIBUTING.md"), "utf8").split(`## How to add a ${title}`)[1]?.split("\n## ")[0] ?? "";

  test.each([
    ["strategy", STRATEGY, /^lib\/(strategies|constructs)\//],
    ["router", ROUTER, /^lib\/routing\//],
    ["runtime", RUNTIME, /^lib\/runtimes\//],
  ] as const)("CONTRIBUTING.md names every file that a %s needs", (title, edits, room) => {
    const named = section(title);
    const files = [...edits.map(({ file }) => file), ...library.added.filter((file) => room.test(file))];
    const missing = files.filter((file) => !isNamed(named, file));
    expect(missing.map((file) => `name ${file} under "How to add a ${title}" in CONTRIBUTING.md`)).toEqual([]);
  });

  test("compile, after the generators ran", () => {
    expect(library.run("node_modules/.bin/jiti", "tools/generate.ts")).toMatchObject({ code: 0 });
    expect(library.read("lib/adapters/pulumi/args.ts")).toContain("export interface FixedSplitArgs {");
    expect(library.read("README.md")).toContain("[FixedSplit](docs/fixed-split.md)");
    expect(library.run("node_modules/.bin/tsc", "-b", "lib", "lib/drivers/rehearsal/report/browser")).toEqual({
      code: 0,
      output: "",
    });
  });

  test("are planned by the command line", () => {
    const { code, output } = library.run(process.execPath, "bin/slipway.js", "manifests", "props.ts");
    expect(code).toBe(0);
    expect(output).toContain("runAsUser: 4242");
    expect(output).toContain('digits-1-1-0: "0"');
    expect(output).not.toContain("istio");
  });

  test("move traffic in a rehearsal, and roll back a candidate that fails", () => {
    const rehearse = (...args: string[]) =>
      library.run(process.execPath, "bin/slipway.js", "rehearse", "props.ts", ...args);
    const good = rehearse();
    expect(good.output).toContain("digits: fixed split between 1.0.0 and 1.1.0: completed");
    expect(good.code).toBe(0);
    const bad = rehearse("--fault", "candidate:errors=30%");
    expect(bad.output).toContain("digits: fixed split between 1.0.0 and 1.1.0: rolled back");
    expect(bad.code).toBe(2);
  });
});

/** Whether a text names a file, as it is or by a pattern such as \`lib/routing/NAME/{props,router}.ts\`. */
function isNamed(text: string, file: string): boolean {
  const patterns = [...text.matchAll(/`(lib\/[^`]+)`/g)].flatMap(([, pattern]) => expand(pattern as string));
  return patterns.some((pattern) => new RegExp(`^${pattern}$`).test(file));
}

function expand(pattern: string): string[] {
  const [, before, list, behind] = /^([^{]*)\{([^}]*)\}(.*)$/.exec(pattern) ?? [];
  const alternatives = list === undefined ? [pattern] : list.split(",").map((each) => `${before}${each}${behind}`);
  return alternatives.map((each) => each.replace(/[.]/g, "\\.").replace(/NAME|FOLDER/g, "[a-z-]+"));
}
