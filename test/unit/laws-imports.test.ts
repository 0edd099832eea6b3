import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as ts from "typescript";
import { nodesOf, ROOT, sourcesIn, type Import, type Source } from "../support/sources";

const CONTRACT = "serving-image/contract.json";
const PURE = ["core", "kubernetes", "runtimes", "routing", "strategies", "monitoring", "constructs"];

const sources = sourcesIn("lib");

/** The rooms, and the rooms that each may import besides itself. The first pattern that matches a file is its room. */
const ROOMS: readonly [room: string, files: RegExp, mayImport: readonly string[]][] = [
  ["core", /^lib\/core\//, [CONTRACT]],
  ["kubernetes", /^lib\/kubernetes\//, ["core"]],
  ["runtimes", /^lib\/runtimes\//, ["core", "kubernetes"]],
  ["routing", /^lib\/routing\//, ["core", "kubernetes"]],
  ["strategies", /^lib\/strategies\//, ["core", "kubernetes"]],
  ["monitoring", /^lib\/monitoring\//, ["core", "kubernetes", "runtimes", "routing"]],
  [
    "constructs on Pulumi",
    /^lib\/constructs\/[^/]+\/pulumi\.ts$/,
    ["core", "constructs", "adapters/pulumi", "generated args"],
  ],
  ["constructs on cdk8s", /^lib\/constructs\/[^/]+\/cdk8s\.ts$/, ["core", "constructs", "adapters/cdk8s"]],
  ["construct registry", /^lib\/constructs\/registry\.ts$/, PURE],
  ["constructs", /^lib\/constructs\//, PURE],
  ["generated args", /^lib\/adapters\/pulumi\/args\.ts$/, PURE],
  ["adapters/pulumi", /^lib\/adapters\/pulumi\//, ["core", "adapters", "generated args", "construct registry"]],
  ["adapters/cdk8s", /^lib\/adapters\/cdk8s\//, ["core", "adapters"]],
  ["adapters", /^lib\/adapters\//, ["core"]],
  ["drivers", /^lib\/drivers\//, PURE],
  ["lifecycle", /^lib\/lifecycle\//, PURE],
  ["aws", /^lib\/aws\//, [...PURE, "adapters/pulumi"]],
  ["policy", /^lib\/policy\//, PURE],
  [
    "entry",
    /^lib\/(index|pulumi|cdk8s)\.ts$/,
    [...PURE, "adapters", "generated args", "constructs on Pulumi", "constructs on cdk8s", "drivers", "lifecycle"],
  ],
  ["cli", /^lib\/cli\//, [...PURE, "construct registry", "adapters", "drivers", "lifecycle", "entry"]],
];

const roomOf = (path: string): string => {
  const file = path === CONTRACT || path.endsWith(".ts") ? path : `${path}.ts`;
  return file === CONTRACT ? CONTRACT : (ROOMS.find(([, files]) => files.test(file))?.[0] ?? `no room of lib: ${file}`);
};

const ours = (source: Source): readonly Import[] => source.imports.filter(({ kind }) => kind === "ours");

test("the laws cover the whole library", () => {
  expect(sources.length).toBeGreaterThan(100);
  expect(sources.filter(({ path }) => roomOf(path).startsWith("no room"))).toEqual([]);
  expect(sources.flatMap(ours).length).toBeGreaterThan(300);
});

test("a room imports only the rooms below it, and nothing imports the command line", () => {
  const violations = sources.flatMap((source) => {
    const room = roomOf(source.path);
    const allowed = ROOMS.find(([name]) => name === room)?.[2] ?? [];
    return ours(source)
      .map(({ target }) => ({ target, room: roomOf(target) }))
      .filter((target) => target.room !== room && !allowed.includes(target.room))
      .map(({ target }) => `${source.path} imports ${target}`);
  });
  expect(violations).toEqual([]);
});

test("a construct imports nothing from another construct, except what is common", () => {
  const construct = (path: string) => /^lib\/constructs\/([^/]+)\//.exec(path)?.[1];
  const violations = sources
    .filter(({ path }) => construct(path) !== undefined)
    .flatMap((source) =>
      ours(source)
        .map(({ target }) => target)
        .filter((target) => ![undefined, "common", construct(source.path)].includes(construct(target)))
        .map((target) => `${source.path} imports ${target}`),
    );
  expect(violations).toEqual([]);
});

test("an engine is imported only in paths with its name", () => {
  const engines: readonly [packages: RegExp, places: RegExp][] = [
    [/^@pulumi\/aws$/, /^lib\/aws\//],
    [/^@pulumi\//, /^lib\/(.*\/)?pulumi[./]|^lib\/(aws|policy)\//],
    [/^(cdk8s|constructs)(-plus-\d+)?$/, /^lib\/(.*\/)?cdk8s[./]|^lib\/policy\//],
  ];
  const violations = sources.flatMap(({ path, imports }) =>
    imports
      .filter(({ target }) => engines.some(([packages, places]) => packages.test(target) && !places.test(path)))
      .map(({ target }) => `${path} imports ${target}`),
  );
  expect(violations).toEqual([]);
});

/** Files that an entry of the package loads, directly or indirectly. */
function loadedBy(entry: string): Source[] {
  const loaded = new Map<string, Source>();
  const load = (path: string): void => {
    const source = sources.find((each) => each.path === path);
    if (source === undefined || loaded.has(path)) return;
    loaded.set(path, source);
    ours(source).forEach(({ target }) => load(`${target}.ts`));
  };
  load(entry);
  return [...loaded.values()];
}

test.each([
  ["lib/index.ts", /^(@pulumi\/|cdk8s|constructs$)/],
  ["lib/pulumi.ts", /^(cdk8s|constructs$)/],
  ["lib/cdk8s.ts", /^@pulumi\//],
])("%s loads no engine that its user may not have installed", (entry, foreign) => {
  const files = loadedBy(entry);
  expect(files.length).toBeGreaterThan(30);
  expect(files.flatMap(({ imports }) => imports).filter(({ target }) => foreign.test(target))).toEqual([]);
});

describe("the pure rooms", () => {
  const isPure = ({ path }: Source) => [...PURE, "construct registry", "generated args"].includes(roomOf(path));
  const pure = sources.filter(isPure);

  test("import only semver and the hash", () => {
    const outside = pure.flatMap(({ path, imports }) =>
      imports.filter(({ kind }) => kind !== "ours").map(({ target, names }) => [path, target, ...names].join(" ")),
    );
    const typesOfTheEngine = "lib/adapters/pulumi/args.ts @pulumi/pulumi";
    expect(outside.filter((each) => each !== typesOfTheEngine)).toEqual([
      "lib/core/hash.ts crypto createHash",
      "lib/core/values/semver.ts semver parse",
    ]);
  });

  test("touch no clock, no randomness, no process and no network", () => {
    const impure =
      /^(Date|performance|process|fetch|console|global|globalThis|crypto|require|eval|Function|WebSocket|Worker|setTimeout|setInterval|setImmediate|queueMicrotask|navigator)$/;
    const violations = pure.flatMap(({ path, tree }) => [
      ...nodesOf(tree, ts.isIdentifier)
        .filter((node) => impure.test(node.text) && isFree(node))
        .map((node) => `${path}: ${node.text}`),
      ...nodesOf(tree, ts.isPropertyAccessExpression)
        .filter((node) => node.getText() === "Math.random")
        .map((node) => `${path}: ${node.getText()}`),
    ]);
    expect(violations).toEqual([]);
  });
});

/** Whether an identifier is a reference, not the name of a member or a declaration. */
function isFree(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name !== node;
  return !("name" in parent && parent.name === node);
}

test("packages that the library imports are declared, and not only as development dependencies", () => {
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Record<
    string,
    object
  >;
  const declared = Object.keys({ ...dependencies, ...peerDependencies });
  const imported = sources.flatMap(({ imports }) => imports).filter(({ kind }) => kind === "package");
  expect([...new Set(imported.map(({ target }) => target))].filter((name) => !declared.includes(name))).toEqual([]);
});

test("the serving image and the library share only the contract", () => {
  const image = sourcesIn("serving-image/src");
  const across = [...image, ...sources].flatMap((source) =>
    ours(source)
      .filter(({ target }) => target.split("/")[0] !== source.path.split("/")[0])
      .map(({ target }) => target),
  );
  expect([...new Set(across)]).toEqual([CONTRACT]);
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, "serving-image/package.json"), "utf8")) as Record<
    string,
    object
  >;
  const packages = image.flatMap(({ imports }) => imports).filter(({ kind }) => kind === "package");
  expect([...new Set(packages.map(({ target }) => target))].filter((name) => !(name in (dependencies ?? {})))).toEqual(
    [],
  );
});
