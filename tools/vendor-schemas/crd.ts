import { parseAllDocuments } from "yaml";

import { close } from "./close";
import { withoutStatus, type Definitions, type Schema } from "./schema";
import type { Source } from "./source";

interface CustomResourceDefinition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

/** Every CRD has these, declared or not. */
const TYPE_META = { apiVersion: { type: "string" }, kind: { type: "string" } };

/** The schemas of kinds that CustomResourceDefinitions declare. */
export function fromCrds(source: Source, texts: readonly string[], objectMetaRef: string): Definitions {
  const crds = texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as unknown));
  const schemas = new Map<string, Schema>(
    crds.filter(isCrd).flatMap(({ spec }) =>
      spec.versions.map(({ name, schema }) => {
        return [`${spec.group}/${name} ${spec.names.kind}`, schema.openAPIV3Schema] as const;
      }),
    ),
  );
  const definitions: Definitions = {};
  for (const kind of source.kinds) {
    const found = schemas.get(kind);
    if (found === undefined) throw new Error(`${source.file}: no schema of ${kind}`);
    const declared = withoutStatus(found);
    const properties = { ...TYPE_META, ...declared.properties, metadata: { $ref: objectMetaRef } };
    definitions[kind] = close({ ...declared, properties }, (ref) => ref);
  }
  return definitions;
}

function isCrd(document: unknown): document is CustomResourceDefinition {
  return document !== null && typeof document === "object" && "spec" in document;
}
