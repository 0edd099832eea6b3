import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as ts from "typescript";
import { nodesOf, ROOT, sourcesIn } from "../support/sources";

const sources = sourcesIn("lib");

const declared = sources.flatMap(({ path, tree }) =>
  tree.statements.filter(ts.isInterfaceDeclaration).map((node) => ({ path, node, name: node.name.text })),
);
const props = declared.filter(({ name }) => name.endsWith("Props"));

/** Members of all props, with their names for messages. */
const members = props.flatMap(({ name, node }) =>
  node.members.map((member) => ({ at: `${name}.${member.name?.getText() ?? member.getText()}`, member })),
);

/** Enumerations as constant objects: `const X = { … } as const; type X = …[keyof typeof X]`. */
const enums = sources.flatMap(({ tree }) =>
  nodesOf(tree, ts.isVariableDeclaration)
    .filter(
      ({ initializer }) => initializer && ts.isAsExpression(initializer) && initializer.type.getText() === "const",
    )
    .map(({ name }) => name.getText()),
);

test("the laws cover all props", () => {
  expect(props.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["ModelServiceProps", "CanaryRolloutProps", "InferenceAutoscalerProps", "ServingProps"]),
  );
  expect(members.length).toBeGreaterThan(70);
  expect(enums).toEqual(
    expect.arrayContaining(["Environment", "MetricDirection", "OnInsufficientData", "EvidenceKind"]),
  );
});

describe("props are documented where they are declared", () => {
  const summary = (node: ts.Node) =>
    ts
      .getJSDocCommentsAndTags(node)
      .filter(ts.isJSDoc)
      .map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? "")
      .join("")
      .trim();
  const defaultOf = (node: ts.Node) => ts.getJSDocTags(node).find(({ tagName }) => tagName.text === "default")?.comment;

  test("each interface and each prop has a summary of at least a sentence", () => {
    const nodes = [
      ...props.map(({ name, node }) => ({ at: name, node })),
      ...members.map(({ at, member }) => ({ at, node: member })),
    ];
    const sentence = /^[A-Z0-9`].*[.:]?$/s;
    expect(
      nodes.filter(({ node }) => !sentence.test(summary(node)) || summary(node).length < 10).map(({ at }) => at),
    ).toEqual([]);
  });

  test("each optional prop has a @default, and no other has", () => {
    const said = members.map(({ at, member }) => ({
      at,
      optional: isOptional(member),
      says: defaultOf(member) !== undefined,
    }));
    expect(said.filter(({ optional, says }) => optional !== says).map(({ at }) => at)).toEqual([]);
  });

  test("no summary has a link, which Pulumi's schema does not support", () => {
    expect(members.filter(({ member }) => member.getFullText().includes("{@link")).map(({ at }) => at)).toEqual([]);
  });
});

function isOptional(member: ts.TypeElement): boolean {
  return member.questionToken !== undefined;
}

describe("props survive translation to other languages", () => {
  test("they are plain interfaces: exported, not generic, extending only other props", () => {
    const broken = props.filter(
      ({ node }) =>
        node.typeParameters !== undefined ||
        !basesOf(node).every(isProps) ||
        !node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword),
    );
    expect(broken.map(({ name }) => name)).toEqual([]);
  });

  test("they have readonly properties of simple types, no methods, no unions, no functions", () => {
    const broken = members.filter(({ member }) => {
      if (!ts.isPropertySignature(member) || member.type === undefined) return true;
      const readonly = member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ReadonlyKeyword);
      return !readonly || !isTranslatable(member.type);
    });
    expect(broken.map(({ at }) => at)).toEqual([]);
  });
});

const SIMPLE = [ts.SyntaxKind.StringKeyword, ts.SyntaxKind.NumberKeyword, ts.SyntaxKind.BooleanKeyword];

/** Whether jsii and Pulumi's analyzer both support a type. */
function isTranslatable(type: ts.TypeNode): boolean {
  if (SIMPLE.includes(type.kind)) return true;
  if (ts.isArrayTypeNode(type)) return isTranslatable(type.elementType);
  if (!ts.isTypeReferenceNode(type)) return false;
  const name = type.typeName.getText();
  const [key, value] = type.typeArguments ?? [];
  if (name === "Record")
    return key?.kind === ts.SyntaxKind.StringKeyword && value !== undefined && isTranslatable(value);
  return key === undefined && (["DeferredString", "ObjectPatch", ...enums].includes(name) || isProps(name));
}

function basesOf(node: ts.InterfaceDeclaration): string[] {
  return (node.heritageClauses ?? []).flatMap(({ types }) => types.map((type) => type.getText()));
}

function isProps(name: string): boolean {
  return props.some((each) => each.name === name);
}

test("a type test compares the args of every construct with its props", () => {
  const typeTest = readFileSync(join(ROOT, "test/types/args.ts"), "utf8");
  const args = declared.filter(({ path }) => path === "lib/adapters/pulumi/args.ts").map(({ name }) => name);
  const inConstructs = props.filter(({ path }) =>
    /^lib\/(constructs|routing|runtimes)\/([^/]+\/)?[a-z-]*props\.ts$/.test(path),
  );
  const bases = new Set(inConstructs.flatMap(({ node }) => basesOf(node)));
  const used = new Set(members.map(({ member }) => (ts.isPropertySignature(member) ? member.type?.getText() : "")));
  // Props that are only extended are written out in those that extend them.
  const constructs = inConstructs
    .map(({ name }) => name)
    .filter((name) => !bases.has(name) || used.has(name) || used.has(`${name}[]`));
  const bare = (name: string) => name.replace(/(Props|Args)$/, "");
  expect(args.map(bare).sort()).toEqual(constructs.map(bare).sort());
  const held = [...typeTest.matchAll(/Settled<Args\.(\w+)>>\(\)\.toEqualTypeOf<Props\.(\w+)>/g)]
    .map(([, of = "", to = ""]) => ({ of, to }))
    .filter(({ of, to }) => bare(of) === bare(to));
  expect(held.map(({ of }) => of).sort()).toEqual(args.sort());
});
