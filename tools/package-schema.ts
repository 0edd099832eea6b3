import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ComponentProvider } from "@pulumi/pulumi/provider/experimental/provider";
import * as components from "../lib/pulumi";

const ROOT = resolve(__dirname, "..");

/** Where the schema lies that the components have for programs in other languages, from the root of the repository. */
export const SCHEMA_FILE = "test/goldens/schema.json";

/** The Pulumi package schema of the components, made from their source as `pulumi package add` makes it. */
export async function packageSchema(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "slipway-schema-"));
  try {
    const entry = join(ROOT, "lib/pulumi.ts");
    const { name, version, description } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Package;
    // The analyzer takes one folder with a package and a compiler configuration that lead to the source.
    write(join(directory, "package.json"), { name, version, description, main: entry });
    write(join(directory, "tsconfig.json"), { extends: join(ROOT, "tsconfig.base.json"), files: [entry] });
    const classes = Object.values(components);
    const schema = await new ComponentProvider({ components: classes, dirname: directory, name }).getSchema();
    return `${JSON.stringify(JSON.parse(schema), undefined, 2)}\n`;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

interface Package {
  readonly name: string;
  readonly version: string;
  readonly description: string;
}

function write(file: string, content: unknown): void {
  writeFileSync(file, JSON.stringify(content));
}
