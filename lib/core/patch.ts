/**
 * Fields to merge into one object of a plan, by the rules of a JSON merge patch: objects are merged, lists and values are
 * replaced, `null` removes. Any field of the object's kind is allowed, and so are deferred values.
 */
export type ObjectPatch = Record<string, unknown>;
