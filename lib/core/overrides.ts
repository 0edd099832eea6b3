import { join, quote } from "./checks/check";
import type { Diagnostics } from "./findings/diagnostics";
import { suggestion } from "./checks/suggest";
import { isPlainObject } from "./deferred";
import type { Manifest } from "./manifest";
import type { ObjectPatch } from "./patch";
import type { FieldOwner, PlannedObject } from "./plan";

/** Fields that identify an object or that other objects rely on. No override may change them. */
const FIXED_PATHS: readonly (readonly string[])[] = [
  ["apiVersion"],
  ["kind"],
  ["metadata", "name"],
  ["metadata", "namespace"],
  ["spec", "selector"],
  ["metadata", "labels", "slipway.dev/track"],
  ["spec", "template", "metadata", "labels", "slipway.dev/track"],
];

/** Fields of a plan that no override may write, besides those that identify an object. */
export interface FixedFields {
  readonly owners: readonly FieldOwner[];
  /** Paths in any object, such as the routes of a router: weights from an override would pass no guardrail. */
  readonly fixedPaths: readonly string[];
}

/**
 * The objects with the overrides merged in. A key is a role (`2-3-0-deployment`) or a kind of role (`deployment`, of every
 * track). An override of a role takes precedence over one of its kind. A key that matches no object is a finding, and so is
 * a patch of a field with another owner.
 */
export function applyOverrides(
  objects: Readonly<Record<string, PlannedObject>>,
  overrides: Readonly<Record<string, ObjectPatch>>,
  fixed: FixedFields,
  diagnostics: Diagnostics,
): Record<string, PlannedObject> {
  const result: Record<string, PlannedObject> = { ...objects };
  const isRole = (key: string) => Object.hasOwn(objects, key);
  const keys = Object.keys(overrides);
  for (const key of [...keys.filter((each) => !isRole(each)), ...keys.filter(isRole)]) {
    const [patch, path] = [overrides[key] as ObjectPatch, join("overrides", key)];
    const roles = isRole(key) ? [key] : rolesOfKind(key, Object.keys(objects));
    if (roles.length === 0) reportUnused(key, path, Object.keys(objects), diagnostics);
    for (const role of roles) {
      const planned = result[role] as PlannedObject;
      reportForbidden(role, patch, fixed, path, diagnostics);
      result[role] = { ...planned, manifest: mergePatch(planned.manifest, patch) as Manifest };
    }
  }
  return result;
}

/** A kind has only letters and dashes: `3-0-deployment` is a misspelled role, and must not match the tracks that end with it. */
function rolesOfKind(kind: string, roles: readonly string[]): string[] {
  return /^[a-z]+(-[a-z]+)*$/.test(kind) ? roles.filter((role) => role.endsWith(`-${kind}`)) : [];
}

function reportUnused(key: string, path: string, roles: readonly string[], diagnostics: Diagnostics): void {
  const kinds = [...new Set(roles.map(kindOf))];
  const near = suggestion(key, [...kinds, ...roles]);
  diagnostics.error("SLW020", path, {
    message: `no object has the role ${quote(key)}.`,
    allowed: `${kinds.join(", ")}; or a single role, such as ${roles.find((role) => role !== kindOf(role)) ?? roles[0]}`,
    fix: near ? `Write "${near}".` : "Use one of these, or remove the override.",
  });
}

/** The words at the end of a role. */
function kindOf(role: string): string {
  const parts = role.split("-");
  return parts.slice(parts.findLastIndex((part) => !/^[a-z]+$/.test(part)) + 1).join("-");
}

function reportForbidden(
  role: string,
  patch: ObjectPatch,
  { owners, fixedPaths }: FixedFields,
  path: string,
  diagnostics: Diagnostics,
): void {
  const owned = new Map(owners.filter((each) => each.role === role).map((each) => [each.path, each.owner]));
  const dotted = [...owned.keys(), ...fixedPaths].map((each) => each.split("."));
  for (const field of [...dotted, ...FIXED_PATHS]) {
    const written = writtenPath(patch, field)?.reduce(join, path);
    if (written === undefined || diagnostics.findings.some((finding) => finding.path === written)) continue;
    const owner = owned.get(field.join("."));
    diagnostics.error("SLW021", written, {
      message: `\`${field.reduce(join, "")}\` of ${role} ${owner ? `is owned by the ${owner}` : "must not change, because other objects rely on it"}.`,
      fix:
        owner === "autoscaler"
          ? "Set `autoscaling.minReplicas` and `autoscaling.maxReplicas` instead."
          : "Remove this field from the override.",
    });
  }
}

/** Path at which a patch writes a field, or removes or replaces an object around it; `undefined` if it does not. */
function writtenPath(patch: unknown, field: readonly string[]): string[] | undefined {
  const [head, ...rest] = field;
  if (head === undefined || !isPlainObject(patch)) return [];
  const deeper = Object.hasOwn(patch, head) ? writtenPath(patch[head], rest) : undefined;
  return deeper && [head, ...deeper];
}

/** JSON merge patch (RFC 7396); a deferred value counts as a value. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isPlainObject(patch)) return patch;
  const merged = new Map(isPlainObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}
