import { close } from "./close";
import { objectMeta } from "./object-meta";
import { withoutStatus, type Definitions, type Schema } from "./schema";
import type { Source } from "./source";

interface OpenApiDocument {
  readonly components: { readonly schemas: Definitions };
}

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export const OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
const QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity";

/** Kubernetes has rules for these that are not in its OpenAPI. */
const OURS: Definitions = {
  [OBJECT_META]: objectMeta,
  [QUANTITY]: { type: "string", format: "canonical-quantity" },
};

/** The kinds of a Kubernetes release, and every definition that they refer to. */
export function fromOpenApi(source: Source, texts: readonly string[]): Definitions {
  const all = Object.assign({}, ...texts.map((text) => (JSON.parse(text) as OpenApiDocument).components.schemas));
  const definitions: Definitions = {};

  const define = (name: string): void => {
    if (name in definitions) return;
    const given = (all as Definitions)[name];
    if (given === undefined) throw new Error(`${source.file}: no definition of ${name}`);
    definitions[name] = {}; // ends the recursion for a schema that refers to itself
    definitions[name] = OURS[name] ?? close(given, refer);
  };
  const refer = (ref: string): string => {
    const name = ref.replace("#/components/schemas/", "");
    define(name);
    return `#/definitions/${name}`;
  };

  for (const kind of source.kinds) {
    const found = Object.values(all as Definitions).find((schema) => kindsOf(schema).includes(kind));
    if (found === undefined) throw new Error(`${source.file}: no schema of ${kind}`);
    definitions[kind] = close(withoutStatus(found), refer);
  }
  return definitions;
}

function kindsOf(schema: Schema): string[] {
  const kinds = (schema["x-kubernetes-group-version-kind"] ?? []) as GroupVersionKind[];
  return kinds.map(({ group, version, kind }) => `${group === "" ? "" : `${group}/`}${version} ${kind}`);
}
