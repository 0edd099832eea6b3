import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { Broken } from "../common/driver-error";

const PACKAGE = "slipway-serving";

/** Folder of the bundled server's package, found from a folder or from here; undefined where it is not installed. */
export function servingFolder(folder: string): string | undefined {
  try {
    return dirname(require.resolve(`${PACKAGE}/package.json`, { paths: [folder, __dirname] }));
  } catch {
    return undefined;
  }
}

/** Path of the program that the bundled image runs, found from the props file's folder or from here. */
export function servingProgram(folder: string): string {
  const home = servingFolder(folder);
  if (home === undefined)
    throw new Broken(`the bundled server is not installed; run: npm install --save-dev ${PACKAGE}`);
  const program = join(home, "dist", "main.js");
  if (!existsSync(program))
    throw new Broken(`the bundled server is not built: there is no ${program}; run: npm run build`);
  return program;
}
