/**
 * A string that may be known only at deploy time: a Pulumi `Input<string>`, a cdk8s token, or a plain string. In the
 * props its type is string, as cdk8s types its tokens; in the Pulumi args, which are generated from the props, its type is
 * `pulumi.Input<string>`. The core never changes or concatenates such a value, and never uses it to decide which objects
 * exist.
 */
export type DeferredString = string;

/** Methods by which the engines themselves recognize a deferred value: promises and Pulumi outputs, cdk8s tokens. */
const HANDLES = ["then", "apply", "resolve", "produce"] as const;

/** Whether a value is an engine's handle for a value known later, rather than plain data. */
export function isDeferred(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value) || isPlainObject(value)) return false;
  const members = value as Readonly<Record<string, unknown>>;
  return HANDLES.some((name) => typeof members[name] === "function");
}

/** Whether a value is an object whose members the core may read: an object literal or parsed JSON. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // The prototype of an object literal is the one without a prototype of its own, in whichever realm it was created.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
