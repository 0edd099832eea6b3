import { StartUpCode, type StartUpProblem } from "../core/start-up-error";
import { nearest } from "./nearest";
import { isServiceLink } from "./service-links";
import type { KnownVariables } from "./unknown-variables";

interface Bounds {
  readonly min: number;
  readonly max: number;
}

type Setting = { readonly value: unknown; readonly from: string };

/** Reads settings from the file, which the environment overrides, and collects all problems. */
export class SettingReader {
  readonly problems: StartUpProblem[] = [];
  private readonly file: Readonly<Record<string, unknown>>;
  /** The settings that were read, with the variable that overrides each, if there is one. */
  private readonly known = new Map<string, string | undefined>();
  private readonly otherVariables = new Set<string>();

  constructor(
    file: object,
    private readonly environment: NodeJS.ProcessEnv,
  ) {
    this.file = numberSections(file);
  }

  /** The names of the sections of a list in the file: `models[0]`, `models[1]` and so on. */
  listed(list: string): readonly string[] {
    return Object.keys(this.file).filter((section) => section.startsWith(`${list}[`));
  }

  /** Whether the file contains a section or a setting. */
  has(path: string): boolean {
    return this.valueAt(path) !== undefined;
  }

  /** Whether an environment variable is set. */
  isSet(variable: string): boolean {
    return Boolean(this.valueOf(variable));
  }

  /** Every variable that was read. */
  get variables(): KnownVariables {
    return { settings: this.known, others: this.otherVariables };
  }

  /** Reports a setting that is valid on its own, but not together with the others. */
  conflict(path: string, message: string, fix: string): void {
    this.problems.push({ code: StartUpCode.SettingInvalid, path, message, fix });
  }

  text(path: string, pattern: RegExp, rule: string, given: { fallback?: string; env?: string }): string {
    const found = this.find(path, given.env);
    if (!found) return given.fallback ?? this.missing(path, rule, given.env);
    if (typeof found.value === "string" && pattern.test(found.value)) return found.value;
    this.invalid(path, found, rule);
    return "";
  }

  optionalText(path: string, pattern: RegExp, rule: string, env?: string): string | undefined {
    return this.text(path, pattern, rule, { fallback: "", ...(env && { env }) }) || undefined;
  }

  /** A list of at least one string. */
  texts(path: string, pattern: RegExp, rule: string): readonly string[] {
    const found = this.find(path);
    if (!found) return [this.missing(path, rule)];
    const { value } = found;
    const isTexts = (list: unknown[]): list is string[] =>
      list.every((item) => typeof item === "string" && pattern.test(item));
    if (Array.isArray(value) && value.length > 0 && isTexts(value)) return value;
    this.invalid(path, found, rule);
    return [];
  }

  /** The value of a variable that is not a setting of the file. An empty one counts as not set. */
  variable(name: string): string | undefined {
    this.otherVariables.add(name);
    return this.valueOf(name);
  }

  /** The value of the environment variable that a setting names. */
  secret(path: string, variable: string): string {
    const value = this.variable(variable);
    if (value) return value;
    this.conflict(path, `names ${variable}, which is not set.`, "Set the variable, or name another one.");
    return "";
  }

  choice<T extends string>(path: string, choices: readonly T[], fallback: T, env?: string): T {
    const found = this.find(path, env);
    if (!found) return fallback;
    const chosen = choices.find((choice) => choice === found.value);
    if (chosen === undefined) this.invalid(path, found, `one of ${choices.join(", ")}`);
    return chosen ?? fallback;
  }

  integer(path: string, bounds: Bounds, fallback: number, env?: string): number {
    return this.numberWhere(Number.isInteger, "a whole number", path, bounds, fallback, env);
  }

  number(path: string, bounds: Bounds, fallback: number): number {
    return this.numberWhere(Number.isFinite, "a number", path, bounds, fallback);
  }

  flag(path: string, fallback: boolean): boolean {
    const found = this.find(path);
    if (!found) return fallback;
    if (typeof found.value !== "boolean") this.invalid(path, found, "true or false");
    return found.value === true;
  }

  risingNumbers(path: string, fallback: readonly number[]): readonly number[] {
    const found = this.find(path);
    if (!found) return fallback;
    const { value } = found;
    const rises = (list: unknown[]): list is number[] =>
      list.every(
        (item, i) => typeof item === "number" && item > (i === 0 ? 0 : Number(list[i - 1])) && item < Infinity,
      );
    if (Array.isArray(value) && value.length > 0 && rises(value)) return value;
    this.invalid(path, found, "a list of increasing numbers above 0");
    return fallback;
  }

  shapes(path: string): Readonly<Record<string, readonly number[]>> | undefined {
    const found = this.find(path);
    if (!found) return undefined;
    const isShape = (shape: unknown): shape is number[] =>
      Array.isArray(shape) && shape.every((dimension) => Number.isInteger(dimension) && dimension > 0);
    const isShapes = (value: unknown): value is Record<string, number[]> =>
      isObject(value) && Object.values(value).every(isShape);
    if (isShapes(found.value)) return found.value;
    this.invalid(path, found, 'a shape for each input, such as {"image": [1, 3, 224, 224]}');
    return undefined;
  }

  /** Reports everything in the file that was never read. Must be called last. */
  reportUnknown(): void {
    for (const [section, settings] of Object.entries(this.file)) {
      if (this.knownWithin(section).length > 0) this.reportUnknownIn(section, settings);
      else this.unknown(section, [...new Set([...this.known.keys()].map((path) => path.split(".")[0] ?? ""))]);
    }
  }

  private reportUnknownIn(section: string, settings: unknown): void {
    if (!isObject(settings)) return this.invalid(section, { value: settings, from: section }, "an object");
    for (const [name, value] of Object.entries(settings)) {
      const path = `${section}.${name}`;
      if (this.knownWithin(path).length > 0) this.reportUnknownIn(path, value);
      else if (!this.known.has(path)) this.unknown(path, this.knownWithin(section));
    }
  }

  private knownWithin(section: string): readonly string[] {
    return [...this.known.keys()].filter((path) => path.startsWith(`${section}.`));
  }

  private numberWhere(
    test: (value: unknown) => boolean,
    kind: string,
    path: string,
    { min, max }: Bounds,
    fallback: number,
    env?: string,
  ): number {
    const found = this.find(path, env);
    if (!found) return fallback;
    const fromText = found.from !== path && typeof found.value === "string" && found.value.trim() !== "";
    const value = fromText ? Number(found.value) : found.value;
    if (typeof value === "number" && test(value) && value >= min && value <= max) return value;
    this.invalid(path, found, `${kind} from ${min} to ${max}`);
    return fallback;
  }

  private find(path: string, env?: string): Setting | undefined {
    this.known.set(path, env ?? this.known.get(path));
    const override = env === undefined ? undefined : this.valueOf(env);
    if (env !== undefined && override) return { value: override, from: env };
    const value = this.valueAt(path);
    return value === undefined ? undefined : { value, from: path };
  }

  /** An empty variable counts as not set, since templates produce one if a value is missing. */
  private valueOf(variable: string): string | undefined {
    const value = this.environment[variable];
    return isServiceLink(variable, value) ? undefined : value || undefined;
  }

  private valueAt(path: string): unknown {
    return path
      .split(".")
      .reduce<unknown>((settings, name) => (isObject(settings) ? settings[name] : undefined), this.file);
  }

  private missing(path: string, rule: string, env?: string): string {
    this.problems.push({
      code: StartUpCode.SettingMissing,
      path,
      message: "is not set.",
      fix: `Set it to ${rule}, in the configuration file${env ? ` or as ${env}` : ""}.`,
    });
    return "";
  }

  private invalid(path: string, { value, from }: Setting, rule: string): void {
    const origin = from === path ? "" : ` (from ${from})`;
    const shown = JSON.stringify(value);
    this.problems.push({
      code: StartUpCode.SettingInvalid,
      path,
      message: `${shown.length > 120 ? `${shown.slice(0, 117)}...` : shown}${origin} is not valid.`,
      fix: `Set it to ${rule}.`,
    });
  }

  private unknown(path: string, known: readonly string[]): void {
    const guess = nearest(path, known);
    this.problems.push({
      code: StartUpCode.SettingUnknown,
      path,
      message: "is not a valid setting.",
      fix: guess ? `Did you mean ${guess}?` : `Remove it; valid settings are ${known.join(", ")}.`,
    });
  }
}

/** Turns each object of a list into a section of its own. */
function numberSections(file: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(file).flatMap(([name, value]: [string, unknown]): [string, unknown][] =>
      Array.isArray(value) ? value.map((one: unknown, i) => [`${name}[${i}]`, one]) : [[name, value]],
    ),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
