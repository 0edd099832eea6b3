import { basename } from "node:path";
import * as ts from "typescript";
import { nodesOf, sourcesIn } from "../support/sources";

const GENERATED = "lib/adapters/pulumi/args.ts";
const MAX_LINES = 300;

const sources = sourcesIn("lib", "tools", "serving-image/src", "serving-image/test", "examples", "test");
const handWritten = sources.filter(({ path }) => path !== GENERATED);
const paths = (broken: readonly { readonly path: string }[]) => broken.map(({ path }) => path);

test("no file is long: a file has one concept", () => {
  const lines = (text: string) => text.split("\n").length - 1;
  expect(handWritten.length).toBeGreaterThan(150);
  expect(paths(handWritten.filter(({ text }) => lines(text) > MAX_LINES))).toEqual([]);
});

test("files and folders have kebab-case names", () => {
  const kebab = /^([a-z0-9]+(-[a-z0-9]+)*\/)*[a-z0-9]+(-[a-z0-9]+)*(\.(test|props))?\.ts$/;
  expect(paths(sources).filter((path) => !kebab.test(path))).toEqual([]);
});

test("no type is any", () => {
  const untyped = handWritten.filter(({ tree }) => nodesOf(tree, isAny).length > 0);
  expect(paths(untyped)).toEqual([]);
});

function isAny(node: ts.Node): node is ts.KeywordTypeNode {
  return node.kind === ts.SyntaxKind.AnyKeyword;
}

test("no check is disabled, and only type tests expect compile errors", () => {
  const switches = new RegExp(["ts-" + "ignore", "ts-" + "nocheck", "eslint-" + "disable"].join("|"));
  expect(paths(sources.filter(({ text }) => switches.test(text)))).toEqual([]);
  const expecting = sources.filter(({ text }) => text.includes("@ts-" + "expect-error"));
  expect(paths(expecting).filter((path) => !path.startsWith("test/types/"))).toEqual([]);
});

test("every test file has tests, and none of them is exclusive", () => {
  const tests = sources.filter(({ path }) => path.endsWith(".test.ts"));
  expect(tests.length).toBeGreaterThan(10);
  expect(paths(tests.filter(({ text }) => !/\b(test|it)(\.each|\()/.test(text)))).toEqual([]);
  expect(
    tests.filter(({ text }) => /\b(test|it|describe)\.only\(/.test(text)).map(({ path }) => basename(path)),
  ).toEqual([]);
});
