import * as ts from "typescript";
import { nodesOf, sourcesIn, type Source } from "../support/sources";

const outside = sourcesIn("lib").filter(({ path }) => !path.startsWith("lib/strategies/"));

test("nothing but the registry of strategies depends on which strategy a policy is for", () => {
  expect(outside.length).toBeGreaterThan(150);
  expect(outside.flatMap(dependencies)).toEqual([]);
});

test.each([
  ['const isCanary = policy.strategy === "canary";', 1],
  ['const isCanary = "canary" !== plan.policy?.strategy;', 1],
  ["const title = TITLES[report.strategy];", 1],
  ["function f({ strategy }: RolloutPolicy) {}", 1],
  ["const { strategy: name } = plan.policy;", 1],
  ["switch (report.strategy) {}", 1],
  ["if (strategy === kind) {}", 1],
  ["log(policy.strategy);", 1],
  ['const policy = { strategy: "canary" };', 0],
  ["const report = { strategy: policy.strategy };", 0],
  ["const { strategy, policy } = this.options;", 0],
  ["const rows = [report.strategy, report.name];", 0],
])("this law judges %s", (text, count) => {
  const tree = ts.createSourceFile("example.ts", text, ts.ScriptTarget.ES2022, true);
  expect(dependencies({ path: "example.ts", text, tree, imports: [] })).toHaveLength(count);
});

/** Code that does something depending on the name of a strategy. A policy may name its own, and a report may repeat it. */
function dependencies({ path, tree }: Source): string[] {
  const reads = nodesOf(tree, isStrategyName).filter(
    (node) => decides(node) || (isOfPolicy(node) && !isRepeated(node)),
  );
  return [...reads, ...nodesOf(tree, isDestructuredPolicy)].map((node) => {
    const { line } = tree.getLineAndCharacterOfPosition(node.getStart());
    return `${path}:${line + 1}: ${node.parent.getText()}`;
  });
}

/** `policy.strategy`, or a variable with that name. */
function isStrategyName(node: ts.Node): node is ts.PropertyAccessExpression | ts.Identifier {
  if (ts.isPropertyAccessExpression(node)) return node.name.text === "strategy";
  return ts.isIdentifier(node) && node.text === "strategy" && !ts.isPropertyAccessExpression(node.parent);
}

/** Whether it is compared, switched on, or looked up in a table. */
function decides(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isSwitchStatement(parent)) return true;
  if (ts.isElementAccessExpression(parent)) return parent.argumentExpression === node;
  return ts.isBinaryExpression(parent) && EQUALITY.includes(parent.operatorToken.kind);
}

const EQUALITY: readonly ts.SyntaxKind[] = [
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
];

function isOfPolicy(node: ts.Node): boolean {
  return ts.isPropertyAccessExpression(node) && isPolicy(node.expression);
}

function isPolicy(node: ts.Node): boolean {
  const name = ts.isPropertyAccessExpression(node) ? node.name : node;
  return ts.isIdentifier(name) && /policy$/i.test(name.text);
}

/** Whether an object copies the name into a property of the same name. */
function isRepeated({ parent }: ts.Node): boolean {
  return ts.isPropertyAssignment(parent) && parent.name.getText() === "strategy";
}

function isDestructuredPolicy(node: ts.Node): node is ts.BindingElement {
  if (!ts.isBindingElement(node) || (node.propertyName ?? node.name).getText() !== "strategy") return false;
  const declaration = node.parent.parent;
  if (ts.isParameter(declaration)) return /Policy\b/.test(declaration.type?.getText() ?? "");
  return (
    ts.isVariableDeclaration(declaration) && declaration.initializer !== undefined && isPolicy(declaration.initializer)
  );
}
