import { basename } from "node:path";
import * as ts from "typescript";
import { importCycles } from "../support/import-graph";
import { sourcesIn, type Import, type Source } from "../support/sources";

const sources = sourcesIn("serving-image/src");

const LONGEST = 300;

/** Everything may import these: they import no other room. */
const BASE = ["core", "settings"];

/** The rooms of the serving image, and the rooms that each may import besides itself. A file belongs to the first match. */
const ROOMS: readonly [room: string, files: RegExp, mayImport: readonly string[]][] = [
  ["core", /^core\//, []],
  ["settings", /^[^/]+\/settings\.ts$/, ["core"]],
  ["http", /^http\//, BASE],
  ["protocol", /^protocol\//, BASE],
  ["observability", /^observability\//, [...BASE, "protocol"]],
  ["faults", /^faults\//, [...BASE, "protocol"]],
  ["cache", /^cache\//, [...BASE, "protocol", "observability"]],
  ["drift", /^drift\//, [...BASE, "protocol", "observability"]],
  ["shadow", /^shadow\//, [...BASE, "protocol", "observability"]],
  ["model", /^model\//, [...BASE, "protocol", "observability", "faults", "cache"]],
  ["inspect", /^inspect\//, [...BASE, "protocol", "model"]],
  ["feedback", /^feedback\//, [...BASE, "protocol", "observability", "cache", "model"]],
  ["handlers", /^handlers\//, [...BASE, "http", "protocol", "observability", "faults", "shadow", "model", "feedback"]],
  ["grpc", /^grpc\//, [...BASE, "protocol", "observability", "model", "handlers"]],
  ["config", /^config\//, [...BASE, "drift"]],
  [
    "entry",
    /^[^/]+\.ts$/,
    [
      ...BASE,
      "http",
      "observability",
      "faults",
      "drift",
      "shadow",
      "model",
      "inspect",
      "feedback",
      "handlers",
      "grpc",
      "config",
    ],
  ],
];

const CONTRACT = "serving-image/contract.json";

const roomOf = (path: string): string => {
  const file = path.replace(/^serving-image\/src\//, "").replace(/(\.js|\.ts)?$/, ".ts");
  return ROOMS.find(([, files]) => files.test(file))?.[0] ?? `no room of the serving image: ${path}`;
};

const ours = ({ imports }: Source): readonly Import[] =>
  imports.filter(({ kind, target }) => kind === "ours" && target !== CONTRACT);

test("every file of the serving image belongs to a room", () => {
  expect(sources.length).toBeGreaterThan(100);
  expect(sources.filter(({ path }) => roomOf(path).startsWith("no room"))).toEqual([]);
  expect(sources.flatMap(ours).length).toBeGreaterThan(300);
});

test("a room of the serving image imports only the rooms below it", () => {
  const broken = sources.flatMap((source) => {
    const room = roomOf(source.path);
    const allowed = ROOMS.find(([name]) => name === room)?.[2] ?? [];
    return ours(source)
      .filter(({ target }) => roomOf(target) !== room && !allowed.includes(roomOf(target)))
      .map(({ target }) => `${source.path} imports ${target}`);
  });
  expect(broken).toEqual([]);
});

test("the rooms are in order: each may only import rooms above it in the table", () => {
  const names = ROOMS.map(([room]) => room);
  const upward = ROOMS.flatMap(([room, , mayImport]) =>
    mayImport
      .filter((other) => names.indexOf(other) >= names.indexOf(room))
      .map((other) => `${room} may import ${other}`),
  );
  expect(upward).toEqual([]);
});

test.each(["serving-image/src", "lib"])("%s has no import cycles, types included", (folder) => {
  expect(importCycles(sourcesIn(folder))).toEqual([]);
});

test("an import cycle is reported as the path of its files", () => {
  const file = (path: string, ...targets: string[]): Source => {
    const imports = targets.map((target): Import => ({ target, kind: "ours", names: [] }));
    return { ...(sources[0] as Source), path, imports };
  };
  const graph = [file("a.ts", "b"), file("b.ts", "c", "d"), file("c.ts", "a"), file("d.ts")];
  expect(importCycles(graph)).toEqual(["a.ts > b.ts > c.ts > a.ts"]);
  expect(importCycles(graph.slice(1))).toEqual([]);
});

test("a file name of the serving image occurs once, except for the settings of each room", () => {
  const names = sources.map(({ path }) => basename(path)).filter((name) => name !== "settings.ts");
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

const isExported = (node: ts.Statement): boolean =>
  ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

/** The names that a file exports, except for re-exports. */
const exportsOf = ({ tree }: Source): string[] =>
  tree.statements.filter(isExported).flatMap((node) => {
    if (ts.isVariableStatement(node)) return node.declarationList.declarations.map(({ name }) => name.getText());
    return "name" in node ? [(node.name as ts.Identifier).text] : [];
  });

test("the serving image exports nothing that only its own file uses", () => {
  const all = [...sources, ...sourcesIn("serving-image/test")];
  const unused = sources.flatMap((source) =>
    exportsOf(source)
      .filter((name) => /^\w+$/.test(name))
      .filter((name) => all.every(({ path, text }) => path === source.path || !new RegExp(`\\b${name}\\b`).test(text)))
      .map((name) => `${source.path} exports ${name}`),
  );
  expect(unused).toEqual([]);
});

test("no file of the serving image is longer than 300 lines", () => {
  const files = sourcesIn("serving-image/src", "serving-image/test");
  expect(files.filter(({ text }) => text.split("\n").length > LONGEST + 1).map(({ path }) => path)).toEqual([]);
});
