import type { Schema } from "./schema";

const VALUE_KEYWORDS = [
  ...["type", "format", "enum", "pattern", "required", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"],
  ...["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "multipleOf", "uniqueItems"],
];

/**
 * A schema as a strict API server reads it: an object accepts only the declared fields, and null is not a value.
 * Descriptions and defaults are removed, because they validate nothing.
 *
 * @param rename returns the new target of a `$ref`
 */
export function close(schema: Schema, rename: (ref: string) => string): Schema {
  const again = (inner: Schema): Schema => close(inner, rename);
  const only = schema.allOf?.length === 1 ? schema.allOf[0] : undefined;
  const ref = schema.$ref ?? only?.$ref;
  if (ref !== undefined) return { $ref: rename(ref) };
  if (schema["x-kubernetes-int-or-string"] === true || schema.format === "int-or-string") return intOrString(schema);

  const closed = constraint(schema);
  if (schema.items !== undefined) closed.items = again(schema.items);
  if (schema.properties !== undefined) closed.properties = mapValues(schema.properties, again);
  if (schema.type === "object") closed.additionalProperties = additional(schema, again);
  if (schema["x-kubernetes-list-type"] === "set") closed.uniqueItems = true;
  const keys = schema["x-kubernetes-list-map-keys"];
  if (keys !== undefined) closed["x-kubernetes-list-map-keys"] = keys;
  return closed;
}

function additional(schema: Schema, again: (inner: Schema) => Schema): boolean | Schema {
  if (schema["x-kubernetes-preserve-unknown-fields"] === true) return true;
  return typeof schema.additionalProperties === "object" ? again(schema.additionalProperties) : false;
}

function intOrString(schema: Schema): Schema {
  const closed: Schema = { type: ["integer", "string"] };
  if (schema.pattern !== undefined) closed.pattern = schema.pattern;
  return closed;
}

/** The constraints of a schema other than its fields. Inside `oneOf` and the like, undeclared fields are allowed. */
function constraint(schema: Schema): Schema {
  const result: Schema = {};
  for (const keyword of VALUE_KEYWORDS) if (keyword in schema) result[keyword] = schema[keyword];
  if (result.pattern !== undefined) result.pattern = portablePattern(result.pattern);
  for (const keyword of ["allOf", "anyOf", "oneOf"] as const) {
    const options = schema[keyword];
    if (options !== undefined) result[keyword] = options.map(nestedConstraint);
  }
  if (schema.not !== undefined) result.not = nestedConstraint(schema.not);
  return result;
}

function nestedConstraint(schema: Schema): Schema {
  const result = constraint(schema);
  if (schema.properties !== undefined) result.properties = mapValues(schema.properties, nestedConstraint);
  if (schema.items !== undefined) result.items = nestedConstraint(schema.items);
  return result;
}

/** Go's `(?i)` (ignore case) is not valid in JavaScript: each letter is written in both cases. */
function portablePattern(pattern: string): string {
  if (!pattern.includes("(?i)")) return pattern;
  return pattern.replace("(?i)", "").replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}

function mapValues(values: Record<string, Schema>, change: (value: Schema) => Schema): Record<string, Schema> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}
