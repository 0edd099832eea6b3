/**
 * Writes the schemas that tests validate manifests with, from the modules listed in test/schemas/sources.json.
 *
 *     npx jiti tools/vendor-schemas/main.ts
 *
 * Needs Go and its module proxy. For a newer release or another kind, change sources.json and run it again.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { fromCrds } from "./crd";
import { serviceName } from "./object-meta";
import { fromOpenApi, OBJECT_META } from "./openapi";
import type { Definitions, Schema } from "./schema";
import { readSource, type Source } from "./source";

const FOLDER = join("test", "schemas");
const OBJECT_META_REF = `kubernetes.json#/definitions/${OBJECT_META}`;

/** What the server requires of every object of a kind, although no schema says so. */
function complete(kind: string, schema: Schema): Schema {
  const always = ["apiVersion", "kind", "metadata", ...("spec" in (schema.properties ?? {}) ? ["spec"] : [])];
  const metadata: Schema = { required: ["name"] };
  if (kind === "v1 Service") metadata.properties = { name: serviceName };
  return {
    ...schema,
    required: [...new Set([...always, ...(schema.required ?? [])])],
    allOf: [{ properties: { metadata } }],
  };
}

function sorted(definitions: Definitions): Definitions {
  return Object.fromEntries(Object.entries(definitions).sort(([one], [other]) => (one < other ? -1 : 1)));
}

for (const source of JSON.parse(readFileSync(join(FOLDER, "sources.json"), "utf8")) as Source[]) {
  const texts = readSource(source);
  const definitions =
    source.format === "openapi" ? fromOpenApi(source, texts) : fromCrds(source, texts, OBJECT_META_REF);
  for (const kind of source.kinds) definitions[kind] = complete(kind, definitions[kind] ?? {});
  const document = { $id: source.file, definitions: sorted(definitions) };
  const text = `${JSON.stringify(document, null, 1)}\n`;
  writeFileSync(join(FOLDER, source.file), text);
  console.log(`${source.file}: ${source.module} ${source.version}, ${source.kinds.length} kinds, ${text.length} bytes`);
}
