import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { DriverError } from "../common/driver-error";

const PACKAGE = "slipway-serving";

/** Folder of the bundled server's package, resolved from a folder or from here; undefined if it is not installed. */
export function servingFolder(folder: string): string | undefined {
  try {
    return dirname(require.resolve(`${PACKAGE}/package.json`, { paths: [folder, __dirname] }));
  } catch {
    return undefined;
  }
}

/** Path of the program that the bundled image runs, resolved from the props file's folder or from here. */
export function servingProgram(folder: string): string {
  const serving = servingFolder(folder);
  if (serving === undefined)
    throw new DriverError(`the bundled server is not installed; run: npm install --save-dev ${PACKAGE}`);
  const program = join(serving, "dist", "main.js");
  if (!existsSync(program))
    throw new DriverError(`the bundled server is not built: there is no ${program}; run: npm run build`);
  return program;
}
