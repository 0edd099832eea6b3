import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { Broken } from "./broken";

const PACKAGE = "slipway-serving";

/** Path of the program that the bundled image runs, found from the props file's folder or from here. */
export function servingProgram(folder: string): string {
  let manifest: string;
  try {
    manifest = require.resolve(`${PACKAGE}/package.json`, { paths: [folder, __dirname] });
  } catch {
    throw new Broken(`the bundled server is not installed; run: npm install --save-dev ${PACKAGE}`);
  }
  const program = join(dirname(manifest), "dist", "main.js");
  if (!existsSync(program))
    throw new Broken(`the bundled server is not built: there is no ${program}; run: npm run build`);
  return program;
}
