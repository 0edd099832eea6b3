import { canonical } from "../../core/canonical";
import { hasErrors } from "../../core/findings/finding";
import type { Diagnostics } from "../../core/findings/diagnostics";
import { applyOverrides } from "../../core/overrides";
import type { ObjectPatch } from "../../core/patch";
import type { FieldOwner, Plan, PlannedObject, Track } from "../../core/plan";
import { DEFAULT_RUNTIME } from "../../runtimes/registry";

/** A plan that its findings reject; it has no objects. */
export function rejectedPlan(construct: string, name: string, diagnostics: Diagnostics): Plan<never> {
  return { construct, name, objects: {}, tracks: [], owners: [], findings: diagnostics.findings };
}

/** The parts of a plan that passed its guardrails. */
export interface PlanParts {
  readonly construct: string;
  readonly name: string;
  readonly objects: Readonly<Record<string, PlannedObject>>;
  readonly tracks: readonly Track[];
  readonly owners: readonly FieldOwner[];
  readonly overrides: Readonly<Record<string, ObjectPatch>>;
  /** Fields that no override may write, in any object. */
  readonly fixedPaths?: readonly string[];
  /** What serves the tracks. By default the bundled server. */
  readonly runtime?: string;
  /** What routes to the tracks. By default nothing. */
  readonly router?: string;
}

/** Merges the overrides and puts every object into its canonical form. */
export function assemblePlan(parts: PlanParts, diagnostics: Diagnostics): Plan<never> {
  const { construct, name, objects, tracks, owners, overrides, fixedPaths = [], runtime = DEFAULT_RUNTIME } = parts;
  const { router } = parts;
  const overridden = applyOverrides(objects, overrides, { owners, fixedPaths }, diagnostics);
  if (hasErrors(diagnostics.findings)) return rejectedPlan(construct, name, diagnostics);
  const entries = Object.entries(overridden).map(([role, { manifest, dependsOn }]) => [
    role,
    { manifest: canonical(manifest), dependsOn },
  ]);
  return {
    construct,
    name,
    objects: Object.fromEntries(entries) as Record<string, PlannedObject>,
    tracks,
    owners,
    findings: diagnostics.findings,
    ...(runtime !== DEFAULT_RUNTIME && { runtime }),
    ...(router !== undefined && { router }),
  };
}

/** The autoscaler of each track owns its replicas. */
export function autoscalerOwners(tracks: readonly Track[]): FieldOwner[] {
  return tracks.map(({ deploymentRole }) => ({ role: deploymentRole, path: "spec.replicas", owner: "autoscaler" }));
}
