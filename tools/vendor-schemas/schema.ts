/** The keywords of OpenAPI and JSON Schema that the sources use. */
export interface Schema {
  type?: string | string[];
  format?: string;
  pattern?: string;
  $ref?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  not?: Schema;
  required?: string[];
  uniqueItems?: boolean;
  "x-kubernetes-int-or-string"?: boolean;
  "x-kubernetes-preserve-unknown-fields"?: boolean;
  "x-kubernetes-list-type"?: string;
  "x-kubernetes-list-map-keys"?: string[];
  [keyword: string]: unknown;
}

/** One `$ref`-able schema by name. */
export type Definitions = Record<string, Schema>;

/** A kind as users declare it: only the server sets the status. */
export function withoutStatus(kind: Schema): Schema {
  const properties = { ...kind.properties };
  delete properties.status;
  return { ...kind, properties };
}
