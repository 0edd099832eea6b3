/**
 * Fields to merge into one object of a plan, as in a JSON merge patch: objects merge, lists and values replace, `null`
 * removes. It may hold any field of the object's kind, deferred values too.
 */
export type ObjectPatch = Record<string, unknown>;
