import { readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { createJiti } from "jiti";
import { suggestion } from "../core/checks/suggest";
import { UserError } from "./user-error";

/** What a props file exports. Nothing of it is checked yet but that it is there. */
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
  if (found === undefined) throw new UserError(`there is no file ${file}`);
  if (found.isDirectory()) throw new UserError(`${file} is a folder; name the props file in it`);
  const { name, props, construct = "CanaryRollout", rehearsal } = await load(absolute, file);
  if (typeof name !== "string") throw new UserError(`${file}: \`name\` must be a text`);
  if (typeof construct !== "string") throw new UserError(`${file}: \`construct\` must be the name of a construct`);
  return { file, folder: dirname(absolute), name, props, construct, rehearsal };
}

async function load(absolute: string, file: string): Promise<Record<string, unknown>> {
  const exported = absolute.endsWith(".json") ? readJson(absolute, file) : await evaluate(absolute, file);
  for (const required of ["name", "props"]) {
    if (exported[required] !== undefined) continue;
    const others = Object.keys(exported).filter((key) => !EXPORTS.includes(key));
    const near = suggestion(required, others);
    throw new UserError(`${file} exports no \`${required}\`${near === undefined ? "" : `, but \`${near}\``}`);
  }
  return exported;
}

function readJson(absolute: string, file: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(readFileSync(absolute, "utf8"))) as Record<string, unknown>;
  } catch (error) {
    throw new UserError(`${file} is no JSON: ${(error as Error).message}`);
  }
}

async function evaluate(absolute: string, file: string): Promise<Record<string, unknown>> {
  // The file means this very library by "slipway", whether or not it is installed beside it.
  const alias = { slipway: join(LIBRARY, "index.js") };
  const jiti = createJiti(__filename, { alias, fsCache: false, moduleCache: false });
  try {
    return await jiti.import<Record<string, unknown>>(absolute);
  } catch (error) {
    throw new UserError(`${file} cannot be loaded: ${reason(error)}`);
  }
}

/** What went wrong, and where if the loader says so; without the frames of code and lists of folders that it adds. */
function reason(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const [first = "", second = ""] = text.split("\n");
  const [, place] = /:(\d+:\d+)\s*$/.exec(second) ?? [];
  return place === undefined ? first.trim() : `${first.trim()} (${place})`;
}
