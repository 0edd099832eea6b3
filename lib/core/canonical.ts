import { isPlainObject } from "./late";

/**
 * A copy with sorted keys and without `undefined` members, so that equal content is equal text on every engine and in
 * every diff. Late leaves are carried as they are.
 */
export function canonical<T>(value: T): T {
  return canonicalValue(value) as T;
}

function canonicalValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonicalValue);
  if (!isPlainObject(value)) return value;
  const sorted: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) {
    if (value[key] !== undefined) sorted[key] = canonicalValue(value[key]);
  }
  return sorted;
}

/** JSON with sorted keys: one text for one content. Only for plain data. */
export function canonicalJson(value: unknown, indent?: number): string {
  return JSON.stringify(canonicalValue(value), undefined, indent);
}
