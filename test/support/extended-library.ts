import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { ROOT } from "./sources";

const FIXTURE = join(ROOT, "test/fixtures/extension");
/** What the library, its generators and its command line are built from. */
const COPIED = [
  "bin",
  // With what was built before, the compiler has only the changes to compile.
  "dist/lib",
  "dist/lib.tsbuildinfo",
  "dist/serving-image/contract.json",
  "docs",
  "lib",
  "package.json",
  "README.md",
  "serving-image/contract.json",
  "test/goldens",
  "tools",
  "tsconfig.base.json",
];

/** One change of a file that is there already: what to write after, or in place of, a text that it contains. */
export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A copy of the library in a temporary folder, with a strategy, a router and a runtime of its own. */
export class ExtendedLibrary {
  readonly path = mkdtempSync(join(tmpdir(), "slipway-extension-test-"));
  /** Files of the extension that are new, relative to the root. */
  readonly added = readdirSync(FIXTURE, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(FIXTURE, join(entry.parentPath, entry.name)))
    .sort();

  constructor(readonly edits: readonly Edit[]) {
    for (const each of COPIED) cpSync(join(ROOT, each), join(this.path, each), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(this.path, "node_modules"));
    cpSync(FIXTURE, this.path, { recursive: true });
    for (const edit of edits) this.apply(edit);
  }

  read(file: string): string {
    return readFileSync(join(this.path, file), "utf8");
  }

  /** Runs a program in the copy, and returns its exit code and everything that it printed. */
  run(program: string, ...args: readonly string[]): { readonly code: number | null; readonly output: string } {
    const { status, stdout, stderr } = spawnSync(program, args, {
      cwd: this.path,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1" },
    });
    return { code: status, output: `${stdout}${stderr}` };
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  private apply({ file, find, replace }: Edit): void {
    const text = this.read(file);
    if (!text.includes(find)) throw new Error(`${file} does not contain ${find}`);
    writeFileSync(
      join(this.path, file),
      text.replace(find, () => replace),
    );
  }
}
