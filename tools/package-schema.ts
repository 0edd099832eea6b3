import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ComponentProvider } from "@pulumi/pulumi/provider/experimental/provider";
import { CONSTRUCTS } from "../lib/constructs/registry";
import * as components from "../lib/pulumi";

const ROOT = resolve(__dirname, "..");

/** Path of the package schema that programs in other languages use, relative to the root of the repository. */
export const SCHEMA_FILE = "test/goldens/schema.json";

/** The Pulumi package schema of the components, generated from their source as `pulumi package add` generates it. */
export async function packageSchema(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "slipway-schema-"));
  try {
    const entry = join(ROOT, "lib/pulumi.ts");
    const { name, version, description } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Package;
    // The analyzer reads one folder with a package.json and a tsconfig.json, which point to the source here.
    write(join(directory, "package.json"), { name, version, description, main: entry });
    write(join(directory, "tsconfig.json"), { extends: join(ROOT, "tsconfig.base.json"), files: [entry] });
    const classes = CONSTRUCTS.map(({ className }) => componentClass(className));
    const schema = await new ComponentProvider({ components: classes, dirname: directory, name }).getSchema();
    return `${JSON.stringify(JSON.parse(schema), undefined, 2)}\n`;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

type ComponentClass = (typeof components)[keyof typeof components];

function componentClass(className: string): ComponentClass {
  const found = (components as Readonly<Record<string, ComponentClass>>)[className];
  if (found === undefined) throw new Error(`lib/pulumi.ts does not export ${className}`);
  return found;
}

interface Package {
  readonly name: string;
  readonly version: string;
  readonly description: string;
}

function write(file: string, content: unknown): void {
  writeFileSync(file, JSON.stringify(content));
}
