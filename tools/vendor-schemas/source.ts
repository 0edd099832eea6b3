import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One entry of test/schemas/sources.json: a Go module, and the kinds to read from it. */
export interface Source {
  /** The file written beside sources.json. */
  readonly file: string;
  readonly module: string;
  readonly version: string;
  readonly license: string;
  readonly format: "openapi" | "crd";
  /** Files inside the module. */
  readonly paths: readonly string[];
  /** `apiVersion kind`, such as `apps/v1 Deployment`. */
  readonly kinds: readonly string[];
}

/** The contents of the files of a source. Go verifies the module against its public checksum database. */
export function readSource(source: Source): string[] {
  const answer = execFileSync("go", ["mod", "download", "-json", `${source.module}@${source.version}`], {
    encoding: "utf8",
  });
  const { Dir: folder } = JSON.parse(answer) as { readonly Dir: string };
  return source.paths.map((path) => readFileSync(join(folder, path), "utf8"));
}
