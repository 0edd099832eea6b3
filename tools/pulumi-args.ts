/**
 * Generates the Pulumi args from the props, so that every prop is documented once. A deferred value becomes a Pulumi `Input`;
 * everything else stays as it is.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import * as ts from "typescript";
import { CONSTRUCTS } from "../lib/constructs/registry";

const ROOT = path.resolve(__dirname, "..");
const COMMON_PROPS = ["props", "serving-props", "rollout-props"].map((file) => `lib/constructs/common/${file}.ts`);

/** The files of props in a room, the same order on every machine: routers and runtimes declare those of their own members. */
function propsIn(room: string): string[] {
  const files = fs.readdirSync(path.join(ROOT, room), { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => path.basename(file) === "props.ts")
    .sort()
    .map((file) => path.posix.join(room, ...file.split(path.sep)));
}

/** Path of the generated file, relative to the root of the repository. */
export const ARGS_FILE = "lib/adapters/pulumi/args.ts";

/** The files that declare props. */
const PROPS_FILES = [
  ...COMMON_PROPS,
  ...CONSTRUCTS.map(({ folder }) => `lib/constructs/${folder}/props.ts`),
  ...propsIn("lib/routing"),
  ...propsIn("lib/runtimes"),
];

/** The props that a construct itself accepts. */
const CONSTRUCT_PROPS = new Set(CONSTRUCTS.map(({ className }) => `${className}Props`));

/** How types of the props are written in the args. */
const TRANSLATED: Readonly<Record<string, string>> = {
  DeferredString: "pulumi.Input<string>",
  ObjectPatch: "any", // the only type for "any object" that Pulumi's component analyzer accepts
};

/**
 * Name of an interface in the args. A construct's own is `…Args`, as Pulumi has it; those inside have no suffix, because
 * the SDKs of other languages add one themselves.
 */
function argsName(props: string): string {
  return CONSTRUCT_PROPS.has(props) ? props.replace(/Props$/, "Args") : props.replace(/Props$/, "");
}

/** The text of the args file. */
export function pulumiArgs(root = ROOT): string {
  const sources = PROPS_FILES.map((file) => parse(path.join(root, file)));
  const declared = sources.flatMap((source) => source.statements.filter(ts.isInterfaceDeclaration));
  const byName = new Map(declared.map((node) => [node.name.text, node]));
  const interfaces = declared.filter(usedFrom(byName)).map((node) => argsInterface(node, byName));
  const used = new Set(interfaces.flatMap(({ types }) => types));
  return [
    "// Generated from the props by tools/pulumi-args.ts: change those, then run `npm run generate`.",
    'import type * as pulumi from "@pulumi/pulumi";',
    ...enumImports(sources, root)
      .filter(({ name }) => used.has(name))
      .map(({ name, from }) => `import type { ${name} } from "${from}";`),
    "",
    interfaces.map(({ text }) => text).join("\n\n"),
    "",
  ].join("\n");
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, fs.readFileSync(file, "utf8"), ts.ScriptTarget.ES2022, true);
}

type Declared = ReadonlyMap<string, ts.InterfaceDeclaration>;

/** The interfaces that this one extends, as far as they are props. */
function basesOf(node: ts.InterfaceDeclaration, byName: Declared): ts.InterfaceDeclaration[] {
  const names = (node.heritageClauses ?? []).flatMap(({ types }) =>
    types.map(({ expression }) => expression.getText()),
  );
  return names.flatMap((name) => byName.get(name) ?? []);
}

/** Own members, then those of the bases: Pulumi's component analyzer sees no inherited ones. */
function membersOf(node: ts.InterfaceDeclaration, byName: Declared): ts.TypeElement[] {
  return [...node.members, ...basesOf(node, byName).flatMap((base) => membersOf(base, byName))];
}

/** Whether the props of a construct are this interface or contain it. An interface that is only extended is written out. */
function usedFrom(byName: Declared): (node: ts.InterfaceDeclaration) => boolean {
  const used = new Set<string>();
  const use = (name: string): void => {
    const node = byName.get(name);
    if (node === undefined || used.has(name)) return;
    used.add(name);
    for (const member of membersOf(node, byName)) (member.getText().match(/\w+Props\b/g) ?? []).forEach(use);
  };
  CONSTRUCT_PROPS.forEach(use);
  return ({ name }) => used.has(name.text);
}

function argsInterface(node: ts.InterfaceDeclaration, byName: Declared): { text: string; types: string[] } {
  const types: string[] = [];
  const members = membersOf(node, byName).map((member) => {
    const text = member
      .getFullText()
      .replace(/^\s*\n(?=\s)/, "")
      .trimEnd();
    return text.replace(/^(\s*readonly \w+\??: )(.*);$/gm, (_line, head: string, type: string) => {
      types.push(...(type.match(/\w+/g) ?? []));
      return `${head}${argsType(type)};`;
    });
  });
  const doc = textOf(node).replace(/^( \* )Props of /m, "$1Args of ");
  return { text: `${doc}\nexport interface ${argsName(node.name.text)} {\n${members.join("\n")}\n}`, types };
}

/** The documentation of a node, exactly as its file has it. */
function textOf(node: ts.Node): string {
  const { text } = node.getSourceFile();
  return text.slice(node.getFullStart(), node.getStart()).trim();
}

function argsType(type: string): string {
  return type.replace(/\w+/g, (word) => TRANSLATED[word] ?? argsName(word));
}

/** Each type that the props use without declaring it, and the file it comes from. */
function enumImports(sources: readonly ts.SourceFile[], root: string): { name: string; from: string }[] {
  const found = new Map<string, string>();
  for (const source of sources) {
    for (const statement of source.statements) {
      if (ts.isTypeAliasDeclaration(statement)) found.set(statement.name.text, source.fileName);
      if (ts.isImportDeclaration(statement))
        importedNames(statement).forEach((name) => found.set(name, importedFile(statement, source)));
    }
  }
  const skipped = new Set(Object.keys(TRANSLATED));
  const directory = path.join(root, path.dirname(ARGS_FILE));
  return [...found]
    .filter(([name]) => !skipped.has(name) && !name.endsWith("Props"))
    .map(([name, file]) => ({ name, from: path.relative(directory, file).replace(/\.ts$/, "") }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

function importedNames(statement: ts.ImportDeclaration): string[] {
  const bindings = statement.importClause?.namedBindings;
  return bindings !== undefined && ts.isNamedImports(bindings) ? bindings.elements.map(({ name }) => name.text) : [];
}

function importedFile(statement: ts.ImportDeclaration, source: ts.SourceFile): string {
  return path.join(path.dirname(source.fileName), (statement.moduleSpecifier as ts.StringLiteral).text);
}
