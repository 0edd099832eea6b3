import { stringify } from "yaml";
import { assertValid } from "../../core/findings/plan-error";
import type { Plan } from "../../core/plan";
import { inDependencyOrder } from "../order";

/**
 * The objects of a plan as one YAML stream, each after those it depends on. For plans without deferred values.
 *
 * @throws PlanError if the plan has an error among its findings.
 * @example
 * ```ts
 * writeFileSync("manifests.yaml", toYaml(planCanaryRollout("recommender", props)));
 * ```
 */
export function toYaml(plan: Plan): string {
  assertValid(plan);
  return inDependencyOrder(plan.objects)
    .map(({ manifest }) => stringify(orderKeys(manifest), { lineWidth: 0, aliasDuplicateObjects: false }))
    .join("---\n");
}

/** Keys in the usual order of Kubernetes: apiVersion, kind, metadata, then the rest. */
function orderKeys(manifest: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { apiVersion, kind, metadata, ...rest } = manifest;
  return { apiVersion, kind, metadata, ...rest };
}
