import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, posix, relative, resolve } from "node:path";
import * as ts from "typescript";

export const ROOT = resolve(__dirname, "../..");

/** One import of a file, of any form. */
export interface Import {
  /** Path from the root of the repository, without its extension, for one of our files; else the name of the package. */
  readonly target: string;
  readonly kind: "ours" | "package" | "builtin";
  /** Imported names, if the import lists them. */
  readonly names: readonly string[];
}

/** A TypeScript file of the repository. */
export interface Source {
  /** Path from the root of the repository. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
  readonly imports: readonly Import[];
}

/** Every TypeScript file under the folders. */
export function sourcesIn(...folders: string[]): Source[] {
  return folders.flatMap(filesIn).map((path) => {
    const text = readFileSync(join(ROOT, path), "utf8");
    const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
    return { path, text, tree, imports: importsOf(path, tree) };
  });
}

function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .filter((path) => !/(^|\/)(node_modules|dist)\//.test(path))
    .sort();
}

/** Every node of a kind in a tree. */
export function nodesOf<T extends ts.Node>(tree: ts.Node, is: (node: ts.Node) => node is T): T[] {
  const found: T[] = [];
  const visit = (node: ts.Node): void => {
    if (is(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function importsOf(path: string, tree: ts.SourceFile): Import[] {
  return [
    ...nodesOf(tree, ts.isImportDeclaration).map((node) => [node.moduleSpecifier, namesOf(node)] as const),
    ...nodesOf(tree, ts.isExportDeclaration).map((node) => [node.moduleSpecifier, []] as const),
    ...nodesOf(tree, ts.isImportTypeNode).map(
      (node) => [ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, []] as const,
    ),
    ...nodesOf(tree, ts.isCallExpression)
      .filter((call) => /^(import|require|require\.resolve)$/.test(call.expression.getText()))
      .map((call) => [call.arguments[0], []] as const),
  ].flatMap(([specifier, names]) =>
    specifier !== undefined && ts.isStringLiteralLike(specifier) ? [toImport(path, specifier.text, names)] : [],
  );
}

function namesOf({ importClause }: ts.ImportDeclaration): string[] {
  const bindings = importClause?.namedBindings;
  return bindings !== undefined && ts.isNamedImports(bindings)
    ? bindings.elements.map(({ name, propertyName }) => (propertyName ?? name).text)
    : [];
}

function toImport(path: string, specifier: string, names: readonly string[]): Import {
  if (specifier.startsWith(".")) return { target: posix.join(dirname(path), specifier), kind: "ours", names };
  const builtin = specifier.replace(/^node:/, "");
  if (builtinModules.includes(builtin)) return { target: builtin, kind: "builtin", names };
  const depth = specifier.startsWith("@") ? 2 : 1;
  return { target: specifier.split("/").slice(0, depth).join("/"), kind: "package", names };
}
