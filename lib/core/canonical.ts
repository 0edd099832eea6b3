import { isPlainObject } from "./deferred";

/**
 * A copy with sorted keys and without `undefined` members, so that equal content is equal text in every engine and diff.
 * Deferred values stay as they are.
 */
export function canonical<T>(value: T): T {
  return canonicalValue(value) as T;
}

function canonicalValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonicalValue);
  if (!isPlainObject(value)) return value;
  const present = Object.keys(value).filter((key) => value[key] !== undefined);
  return Object.fromEntries(present.sort().map((key) => [key, canonicalValue(value[key])]));
}

/** JSON with sorted keys: equal content gives equal text. Only for plain data. */
export function canonicalJson(value: unknown, indent?: number): string {
  return JSON.stringify(canonicalValue(value), undefined, indent);
}
