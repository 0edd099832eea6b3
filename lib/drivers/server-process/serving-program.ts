import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { RUNTIMES } from "../../runtimes/registry";
import { isLocalRuntime, type LocalRuntime, type Runtime } from "../../runtimes/runtime";
import { DriverError } from "../common/driver-error";

/** The runtime, if its server can run on this machine. */
export function localRuntime(runtime: Runtime<unknown>): LocalRuntime {
  if (isLocalRuntime(runtime)) return runtime;
  const names = Object.entries(RUNTIMES).flatMap(([name, each]) => (isLocalRuntime(each) ? [name] : []));
  throw new DriverError(`${runtime.title} cannot run on this machine, so it cannot be rehearsed`, [
    `Runtimes that can: ${names.length === 0 ? "none" : names.join(", ")}.`,
  ]);
}

/** Folder of a server's package, resolved from a folder or from here; undefined if it is not installed. */
export function packageFolder(name: string, folder: string): string | undefined {
  try {
    return dirname(require.resolve(`${name}/package.json`, { paths: [folder, __dirname] }));
  } catch {
    return undefined;
  }
}

/** Path of the program that the runtime's image runs, resolved from the props file's folder or from here. */
export function servingProgram({ title, localProgram }: LocalRuntime, folder: string): string {
  const serving = packageFolder(localProgram.package, folder);
  if (serving === undefined)
    throw new DriverError(`${title} is not installed; run: npm install --save-dev ${localProgram.package}`);
  const program = join(serving, localProgram.entry);
  if (!existsSync(program)) throw new DriverError(`${title} is not built: there is no ${program}; run: npm run build`);
  return program;
}
