/**
 * A string that may be known only at deploy time: a Pulumi `Input<string>`, a cdk8s token, or a plain string. In the
 * props it is written as a string, which is how cdk8s types its tokens too; the Pulumi args are generated from the props
 * with `pulumi.Input<string>` in its place. The core carries such a value untouched: it never concatenates it and never
 * decides by it which objects exist.
 */
export type DeferredString = string;

/** Members by which the engines themselves know a value that comes later: promises and Pulumi outputs, cdk8s tokens. */
const HANDLES = ["then", "apply", "resolve", "produce"] as const;

/** Whether a value is an engine's handle for something known later, rather than plain data. */
export function isDeferred(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value) || isPlainObject(value)) return false;
  const members = value as Readonly<Record<string, unknown>>;
  return HANDLES.some((name) => typeof members[name] === "function");
}

/** Whether a value is data that the core may look into: an object literal or something parsed from JSON. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // The prototype of object literals is the one that has none itself, in whichever realm they were made.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
