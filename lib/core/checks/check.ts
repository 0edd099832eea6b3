import { isLate, isPlainObject } from "../late";
import type { Report } from "../findings/report";
import { suggestion } from "./suggest";

/** Reads a value: gives it in the form that planning works with, or reports why not and gives `undefined`. */
export type Check<T> = (value: unknown, path: string, report: Report) => T | undefined;

/** One member of an object: how it is read, and what stands there when it is missing. */
export interface Field<T> {
  readonly check: Check<NonNullable<T>>;
  readonly required: boolean;
  readonly fallback?: T | (() => T);
}

/** A field for every prop of an interface; the compiler says when one is forgotten. */
export type Fields<Props> = { readonly [K in keyof Required<Props>]: Field<unknown> };

/** What reading an object with these fields gives. */
export type Parsed<F> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

export function required<T>(check: Check<T>): Field<T> {
  return { check: check as Check<NonNullable<T>>, required: true };
}

export function optional<T>(check: Check<T>): Field<T | undefined> {
  return { check: check as Check<NonNullable<T>>, required: false };
}

export function defaulted<T>(check: Check<T>, fallback: T | (() => T)): Field<T> {
  return { check: check as Check<NonNullable<T>>, required: false, fallback };
}

/** An object with exactly these fields; a key that is none of them is reported with the nearest one that is. */
export function object<F extends Readonly<Record<string, Field<unknown>>>>(fields: F): Check<Parsed<F>> {
  return (value, path, report) => {
    if (!isPlainObject(value)) return wrongType(value, path, report, "an object");
    const before = report.findings.length;
    reportUnknownKeys(value, Object.keys(fields), path, report);
    const result: Record<string, unknown> = {};
    for (const [key, field] of Object.entries(fields)) {
      result[key] = readField(field, value[key], join(path, key), report);
    }
    const broken = report.findings.slice(before).some((finding) => finding.severity === "error");
    return broken ? undefined : (result as Parsed<F>);
  };
}

function readField(field: Field<unknown>, value: unknown, path: string, report: Report): unknown {
  if (value !== undefined && value !== null) return field.check(value, path, report);
  if (field.required) {
    report.error("SLW003", path, { message: "is missing.", fix: `Give \`${path}\`.` });
    return undefined;
  }
  return typeof field.fallback === "function" ? (field.fallback as () => unknown)() : field.fallback;
}

function reportUnknownKeys(
  value: Record<string, unknown>,
  known: readonly string[],
  path: string,
  report: Report,
): void {
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const near = suggestion(key, known);
    report.error("SLW001", join(path, key), {
      message: `there is no prop "${key}" here.`,
      allowed: known.join(", "),
      fix: near === undefined ? "Remove it." : `Write \`${near}\`.`,
    });
  }
}

/** A list, each member read by `item`. */
export function list<T>(item: Check<T>): Check<T[]> {
  return (value, path, report) => {
    if (!Array.isArray(value)) return wrongType(value, path, report, "a list");
    const items = value.map((member, index) => item(member, `${path}[${index}]`, report));
    return items.includes(undefined) ? undefined : (items as T[]);
  };
}

/** A map from names to values, each read by `item`. */
export function map<T>(item: Check<T>, key?: Check<string>): Check<Record<string, T>> {
  return (value, path, report) => {
    if (!isPlainObject(value)) return wrongType(value, path, report, "an object");
    const result: Record<string, T> = {};
    let sound = true;
    for (const [name, member] of Object.entries(value)) {
      const at = join(path, name);
      const read = item(member, at, report);
      if (read === undefined || (key && key(name, at, report) === undefined)) sound = false;
      else result[name] = read;
    }
    return sound ? result : undefined;
  };
}

/** A value that may be a late leaf: that is carried as it is; anything else is read by `check`. */
export function late<T>(check: Check<T>): Check<T> {
  return (value, path, report) => (isLate(value) ? (value as T) : check(value, path, report));
}

/** A plain value of structure: a late leaf is refused with a sentence of its own. */
export function wrongType(value: unknown, path: string, report: Report, expected: string): undefined {
  const fix = isLate(value)
    ? "Give a plain value: this prop decides which objects exist, so it cannot be an output or a token."
    : `Give ${expected}.`;
  report.error("SLW002", path, { message: `${quote(value)} is not ${expected}.`, allowed: expected, fix });
  return undefined;
}

/** Path of a member: `traffic.weights`, or `overrides["2-3-0-deployment"]` where the key is no identifier. */
export function join(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

/** A value as a message shows it. */
export function quote(value: unknown): string {
  if (isLate(value)) return "a value known only at deploy time";
  if (typeof value === "number" || value === undefined) return String(value);
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
