import { readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { createJiti } from "jiti";
import { suggestion } from "../core/checks/suggest";
import { UserError } from "./user-error";

/** The exports of a props file. Planning checks the props and the rehearsal; here only their presence is checked. */
export interface PropsFile {
  /** Path, as messages show it. */
  readonly file: string;
  readonly folder: string;
  readonly name: string;
  readonly props: unknown;
  /** Name of the construct's class. */
  readonly construct: string;
  readonly rehearsal: unknown;
}

const EXPORTS = ["name", "props", "construct", "rehearsal"];
const LIBRARY = join(__dirname, "..");

/** Loads a TypeScript, JavaScript or JSON module of props. */
export async function loadPropsFile(path: string): Promise<PropsFile> {
  const absolute = resolve(path);
  const file = relative(process.cwd(), absolute) || path;
  const found = statSync(absolute, { throwIfNoEntry: false });
  if (found === undefined) throw new UserError(`${file} does not exist`);
  if (found.isDirectory()) throw new UserError(`${file} is a directory; name the props file in it`);
  const { name, props, construct = "CanaryRollout", rehearsal } = await load(absolute, file);
  if (typeof name !== "string") throw new UserError(`${file}: \`name\` must be a string`);
  if (typeof construct !== "string")
    throw new UserError(`${file}: \`construct\` must be the class name of a construct, as a string`);
  return { file, folder: dirname(absolute), name, props, construct, rehearsal };
}

async function load(absolute: string, file: string): Promise<Record<string, unknown>> {
  const exported = absolute.endsWith(".json") ? readJson(absolute, file) : await evaluate(absolute, file);
  for (const required of ["name", "props"]) {
    if (exported[required] !== undefined) continue;
    const others = Object.keys(exported).filter((key) => !EXPORTS.includes(key));
    const near = suggestion(required, others);
    throw new UserError(`${file} does not export \`${required}\`${near === undefined ? "" : ` (found \`${near}\`)`}`);
  }
  return exported;
}

function readJson(absolute: string, file: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(readFileSync(absolute, "utf8"))) as Record<string, unknown>;
  } catch (error) {
    throw new UserError(`${file} is not valid JSON: ${(error as Error).message}`);
  }
}

async function evaluate(absolute: string, file: string): Promise<Record<string, unknown>> {
  // In the file, `slipway` resolves to this library, whether or not it is installed there.
  const alias = { slipway: join(LIBRARY, "index.js") };
  const jiti = createJiti(__filename, { alias, fsCache: false, moduleCache: false });
  try {
    return await jiti.import<Record<string, unknown>>(absolute);
  } catch (error) {
    throw new UserError(`${file} cannot be loaded: ${reason(error)}`);
  }
}

/** The first line of an error, and the position if the loader gives one; without its code frames and lists of paths. */
function reason(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const [first = "", second = ""] = text.split("\n");
  const [, position] = /:(\d+:\d+)\s*$/.exec(second) ?? [];
  return position === undefined ? first.trim() : `${first.trim()} (${position})`;
}
