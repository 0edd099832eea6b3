import { readFileSync } from "node:fs";
import { join } from "node:path";

import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";

const FOLDER = join(__dirname, "..", "schemas");

interface SchemaDocument {
  readonly $id: string;
  readonly definitions: Readonly<Record<string, object>>;
}

const MAX_INT32 = 2 ** 31 - 1;

const ajv = new Ajv({
  allErrors: true,
  verbose: true,
  allowUnionTypes: true,
  strictRequired: false, // `oneOf` in Istio's schemas requires fields that the parent declares
  strictTypes: false, // and omits types that the parent declares
  formats: {
    "canonical-quantity": isCanonicalQuantity,
    byte: /^[A-Za-z0-9+/]*={0,2}$/,
    "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
    double: { type: "number", validate: Number.isFinite },
    int32: { type: "number", validate: (value: number) => Math.abs(value) <= MAX_INT32 },
    int64: { type: "number", validate: Number.isSafeInteger },
    uint32: { type: "number", validate: (value: number) => value >= 0 && value <= 2 * MAX_INT32 + 1 },
  },
});
ajv.addKeyword({
  keyword: "x-kubernetes-list-map-keys",
  type: "array",
  errors: false,
  error: { message: ({ schema }) => `must not have two entries of the same ${(schema as string[]).join(", ")}` },
  validate: (keys: string[], list: Record<string, unknown>[]) => {
    const seen = list.map((entry) => JSON.stringify(keys.map((key) => entry[key] ?? null)));
    return new Set(seen).size === seen.length;
  },
});

const sources = read("sources.json") as readonly { readonly file: string }[];
const documents = sources.map(({ file }) => read(file) as SchemaDocument);
for (const document of documents) ajv.addSchema(document);

/**
 * Validates a Kubernetes object as strictly as an API server that rejects unknown fields.
 *
 * @returns each problem as `path: what is wrong`; none if the object is valid. A kind without a schema is a problem.
 */
export function checkManifest(manifest: object): string[] {
  const { apiVersion, kind } = manifest as { readonly apiVersion?: unknown; readonly kind?: unknown };
  const validate = validatorOf(`${String(apiVersion)} ${String(kind)}`);
  if (validate === undefined) return [`no schema of ${String(apiVersion)} ${String(kind)} in test/schemas`];
  return validate(manifest) ? [] : [...new Set((validate.errors ?? []).map(describe))];
}

function validatorOf(kind: string): ValidateFunction | undefined {
  const document = documents.find(({ definitions }) => kind in definitions);
  return document && ajv.getSchema(`${document.$id}#/definitions/${encodeURIComponent(kind)}`);
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(join(FOLDER, file), "utf8"));
}

function describe(error: ErrorObject): string {
  const { additionalProperty, missingProperty } = error.params as Record<string, string | undefined>;
  if (additionalProperty !== undefined) return `${path(`${error.instancePath}/${additionalProperty}`)}: unknown field`;
  if (missingProperty !== undefined) return `${path(`${error.instancePath}/${missingProperty}`)}: required`;
  return `${path(error.instancePath)}: ${error.message}, got ${JSON.stringify(error.data)}`;
}

/** Whether a quantity is in the canonical form of the API server: `1k` for `1000`, `1Gi` for `1024Mi`, `500m` for `0.5`. */
function isCanonicalQuantity(text: string): boolean {
  if (text === "0") return true;
  const [, digits, suffix = ""] = /^-?([1-9][0-9]*)([numkMGTPE]|[KMGTPE]i)?$/.exec(text) ?? [];
  if (digits === undefined) return false;
  if (suffix.startsWith("E")) return true; // there is no larger unit
  return suffix.endsWith("i") ? Number(digits) % 1024 !== 0 : !digits.endsWith("000");
}

/** `/spec/http/0/name` as `spec.http[0].name`. */
function path(pointer: string): string {
  return pointer
    .slice(1)
    .replace(/\/(\d+)(?=\/|$)/g, "[$1]")
    .replaceAll("/", ".")
    .replaceAll("~1", "/")
    .replaceAll("~0", "~");
}
