import { basename } from "node:path";
import * as ts from "typescript";
import { nodesOf, sourcesIn } from "../support/sources";

const GENERATED = "lib/adapters/pulumi/args.ts";
const LONGEST = 350;

const sources = sourcesIn("lib", "tools", "serving-image/src", "serving-image/test", "examples", "test");
const handWritten = sources.filter(({ path }) => path !== GENERATED);
const paths = (broken: readonly { readonly path: string }[]) => broken.map(({ path }) => path);

test("files are of one concept: none is long", () => {
  const lines = (text: string) => text.split("\n").length - 1;
  expect(handWritten.length).toBeGreaterThan(150);
  expect(paths(handWritten.filter(({ text }) => lines(text) > LONGEST))).toEqual([]);
});

test("files and folders have kebab-case names", () => {
  const kebab = /^([a-z0-9]+(-[a-z0-9]+)*\/)*[a-z0-9]+(-[a-z0-9]+)*(\.(test|props))?\.ts$/;
  expect(paths(sources).filter((path) => !kebab.test(path))).toEqual([]);
});

test("no type is given up", () => {
  const given = handWritten.filter(({ tree }) => nodesOf(tree, isAny).length > 0);
  expect(paths(given)).toEqual([]);
});

function isAny(node: ts.Node): node is ts.KeywordTypeNode {
  return node.kind === ts.SyntaxKind.AnyKeyword;
}

test("no check is switched off; that something is a mistake is expected in type tests alone", () => {
  const switches = new RegExp(["ts-" + "ignore", "ts-" + "nocheck", "eslint-" + "disable"].join("|"));
  expect(paths(sources.filter(({ text }) => switches.test(text)))).toEqual([]);
  const expecting = sources.filter(({ text }) => text.includes("@ts-" + "expect-error"));
  expect(paths(expecting).filter((path) => !path.startsWith("test/types/"))).toEqual([]);
});

test("a test file holds tests, and a folder of tests nothing else than them and what they share", () => {
  const tests = sources.filter(({ path }) => path.endsWith(".test.ts"));
  expect(tests.length).toBeGreaterThan(10);
  expect(paths(tests.filter(({ text }) => !/\b(test|it)(\.each|\()/.test(text)))).toEqual([]);
  expect(
    tests.filter(({ text }) => /\b(test|it|describe)\.only\(/.test(text)).map(({ path }) => basename(path)),
  ).toEqual([]);
});
