import { isDeferred, isPlainObject } from "../deferred";
import type { FindingCode } from "../findings/catalogue";
import type { FindingDetails, Diagnostics } from "../findings/diagnostics";
import { suggestion } from "./suggest";

/** Parses a value: returns it in the form that planning uses, or reports why it is not valid and returns `undefined`. */
export type Check<T> = (value: unknown, path: string, diagnostics: Diagnostics) => T | undefined;

/** One member of an object: how it is parsed, whether it is required, and its default. */
export interface Field<T> {
  readonly check: Check<NonNullable<T>>;
  readonly required: boolean;
  readonly fallback?: T | (() => T);
}

/** A field for every prop of an interface; a forgotten one is a compile error. */
export type Fields<Props> = { readonly [K in keyof Required<Props>]: Field<unknown> };

/** The parsed object with these fields. */
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

/** An object with exactly these fields; any other key is reported, with the field that was probably meant. */
export function object<F extends Readonly<Record<string, Field<unknown>>>>(fields: F): Check<Parsed<F>> {
  return (value, path, diagnostics) => {
    if (!isPlainObject(value)) return wrongType(value, path, diagnostics, "an object");
    const before = diagnostics.findings.length;
    const intended = reportUnknownKeys(value, Object.keys(fields), path, diagnostics);
    const result: Record<string, unknown> = {};
    for (const [key, field] of Object.entries(fields)) {
      const isMisspelled = value[key] === undefined && intended.has(key);
      result[key] = isMisspelled ? undefined : parseField(field, value[key], join(path, key), diagnostics);
    }
    const hasFailed = diagnostics.findings.slice(before).some((finding) => finding.severity === "error");
    return hasFailed ? undefined : (result as Parsed<F>);
  };
}

function parseField(field: Field<unknown>, value: unknown, path: string, diagnostics: Diagnostics): unknown {
  if (value !== undefined && value !== null) return field.check(value, path, diagnostics);
  if (field.required) {
    diagnostics.error("SLW003", path, { message: "it is missing.", fix: `Set \`${path}\`.` });
    return undefined;
  }
  return typeof field.fallback === "function" ? (field.fallback as () => unknown)() : field.fallback;
}

/** Returns the props that were probably meant, so that they are not reported as missing too. */
function reportUnknownKeys(
  value: Record<string, unknown>,
  known: readonly string[],
  path: string,
  diagnostics: Diagnostics,
): Set<string> {
  const intended = new Set<string>();
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const near = suggestion(key, known);
    if (near !== undefined) intended.add(near);
    diagnostics.error("SLW001", join(path, key), {
      message: `unknown prop "${key}".`,
      allowed: known.join(", "),
      fix: near === undefined ? "Remove it." : `Write \`${near}\`.`,
    });
  }
  return intended;
}

/** A list, each item parsed by `item`. */
export function list<T>(item: Check<T>): Check<T[]> {
  return (value, path, diagnostics) => {
    if (!Array.isArray(value)) return wrongType(value, path, diagnostics, "a list");
    const items = Array.from(value, (member, index) => item(member, `${path}[${index}]`, diagnostics));
    return items.includes(undefined) ? undefined : (items as T[]);
  };
}

/** A map from names to values, each parsed by `item`. */
export function map<T>(item: Check<T>, key?: Check<string>): Check<Record<string, T>> {
  return (value, path, diagnostics) => {
    if (!isPlainObject(value)) return wrongType(value, path, diagnostics, "an object");
    const before = diagnostics.findings.length;
    const entries = Object.entries(value).map(([name, member]) => {
      const at = join(path, name);
      key?.(name, at, diagnostics);
      return [name, item(member, at, diagnostics)];
    });
    return diagnostics.findings.length > before ? undefined : (Object.fromEntries(entries) as Record<string, T>);
  };
}

/** A value that may be deferred: a deferred value stays as it is, any other is parsed by `check`. */
export function deferrable<T>(check: Check<T>): Check<T> {
  return (value, path, diagnostics) => (isDeferred(value) ? (value as T) : check(value, path, diagnostics));
}

/** Reports a value that is not valid. A deferred value where a plain one is required is always the same mistake. */
export function reject(
  code: FindingCode,
  value: unknown,
  path: string,
  diagnostics: Diagnostics,
  details: FindingDetails,
): undefined {
  if (isDeferred(value)) diagnostics.error("SLW002", path, DEFERRED);
  else diagnostics.error(code, path, details);
}

const DEFERRED: FindingDetails = {
  message: "it is an output, a token or a class instance, not a plain value.",
  fix: "Use a plain value: this prop is validated, or decides which objects exist, before anything is deployed.",
};

export function wrongType(value: unknown, path: string, diagnostics: Diagnostics, expected: string): undefined {
  const details = { message: `${quote(value)} is not ${expected}.`, fix: `Use ${expected}.` };
  return reject("SLW002", value, path, diagnostics, details);
}

/** Path of a member: `traffic.weights`, or `overrides["2-3-0-deployment"]` where the key is not an identifier. */
export function join(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

/** A value as it appears in a message. */
export function quote(value: unknown): string {
  if (isDeferred(value)) return "a value known only at deploy time";
  const isJson = typeof value === "string" || (typeof value === "object" && value !== null);
  const text = isJson ? asJson(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "an object";
  } catch {
    return "an object"; // it is circular, or contains something that JSON cannot represent
  }
}
