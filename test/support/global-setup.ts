import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";

const ROOT = resolve(__dirname, "../..");
const COMPILER = join(ROOT, "node_modules", "typescript", "bin", "tsc");

/**
 * Builds what has changed, before any test runs: tests of the command line and of the serving image start programs from
 * `dist/`, and would pass on broken source if that were the last build.
 */
export default function buildChanges(): void {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMPILER, "-b", "--listEmittedFiles"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  const emitted = /^TSFILE: /m.test(stdout);
  if (status !== 0) throw new Error(`the build failed, so no test was run:\n${withoutFileList(stdout)}${stderr}`);
  if (emitted) process.stderr.write(`Built in ${((performance.now() - start) / 1000).toFixed(1)}s\n`);
}

function withoutFileList(output: string): string {
  return output.replace(/^TSFILE: .*\n/gm, "");
}
