import { join } from "./checks/check";
import type { Report } from "./findings/report";
import { isPlainObject } from "./late";
import type { Manifest } from "./manifest";
import type { ObjectPatch } from "./patch";
import type { FieldOwner, PlannedObject } from "./plan";

/** Fields that decide an object's identity or that another object relies on; no override may touch them. */
const FIXED_PATHS = ["apiVersion", "kind", "metadata.name", "metadata.namespace", "spec.selector"];

/**
 * The objects with the overrides merged in. A key is a role (`2-3-0-deployment`) or the end of roles (`deployment`: every
 * track's). One that no object takes is a finding, and so is a patch of a field that somebody else owns.
 */
export function applyOverrides(
  objects: Readonly<Record<string, PlannedObject>>,
  overrides: Readonly<Record<string, ObjectPatch>>,
  owners: readonly FieldOwner[],
  report: Report,
): Record<string, PlannedObject> {
  const result: Record<string, PlannedObject> = { ...objects };
  for (const [key, patch] of Object.entries(overrides)) {
    const path = join("overrides", key);
    const roles = Object.keys(result).filter((role) => role === key || role.endsWith(`-${key}`));
    if (roles.length === 0) reportUnused(key, path, Object.keys(result), report);
    for (const role of roles) {
      const planned = result[role] as PlannedObject;
      reportForbidden(role, patch, owners, path, report);
      result[role] = { ...planned, manifest: mergePatch(planned.manifest, patch) as Manifest };
    }
  }
  return result;
}

function reportUnused(key: string, path: string, roles: readonly string[], report: Report): void {
  report.error("SLW020", path, {
    message: `no object has the role "${key}".`,
    allowed: roles.join(", "),
    fix: "Name a role of the plan, or the end of several, such as `deployment`.",
  });
}

function reportForbidden(
  role: string,
  patch: ObjectPatch,
  owners: readonly FieldOwner[],
  path: string,
  report: Report,
): void {
  const owned = owners.filter((owner) => owner.role === role);
  for (const field of [...FIXED_PATHS, ...owned.map((owner) => owner.path)]) {
    if (!touches(patch, field.split("."))) continue;
    const owner = owned.find((each) => each.path === field)?.owner;
    report.error("SLW021", `${path}.${field}`, {
      message: `\`${field}\` of ${role} is ${owner ? `the ${owner}'s` : "what other objects rely on"}.`,
      fix:
        owner === "autoscaler"
          ? "Set `autoscaling.minReplicas` and `maxReplicas`."
          : "Leave this field out of the override.",
    });
  }
}

function touches(patch: unknown, path: readonly string[]): boolean {
  const [head, ...rest] = path;
  if (head === undefined) return true;
  if (!isPlainObject(patch) || !(head in patch)) return patch === null;
  return touches(patch[head], rest);
}

/** JSON merge patch (RFC 7396); a late leaf counts as a value. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isPlainObject(patch)) return patch;
  const merged: Record<string, unknown> = isPlainObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}
