/**
 * A string that may be known only at deploy time: a Pulumi `Input<string>`, a cdk8s token, or a plain string. In the
 * props it is written as a string, which is how cdk8s types its tokens too; the Pulumi args are generated from the props
 * with `pulumi.Input<string>` in its place. The core carries such a value untouched: it never concatenates it and never
 * decides by it which objects exist.
 */
export type LateString = string;

/** Whether a value is an engine's handle for something known later, rather than plain data. */
export function isLate(value: unknown): boolean {
  if (typeof value === "function") return true; // a Pulumi Output is a Proxy that may present itself so
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== Object.prototype && prototype !== null;
}

/** Whether a value is data that the core may look into: an object literal or something parsed from JSON. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isLate(value);
}
