import { required, type Fields } from "../../core/checks/check";
import { parseProps } from "../../core/checks/parse-props";
import { hasErrors } from "../../core/findings/finding";
import { Diagnostics } from "../../core/findings/diagnostics";
import type { Plan } from "../../core/plan";
import { DEFAULT_GATEWAY_METRICS, DEFAULT_GATEWAY_NAMESPACE } from "../../routing/registry";
import { runtimeOf } from "../../runtimes/registry";
import { assemblePlan, autoscalerOwners, rejectedPlan } from "../common/assemble";
import { checkReplicas } from "../common/autoscaler";
import { checkModelVersion, commonFields } from "../common/schema";
import { checkCommon } from "../common/guardrails";
import { checkProduction } from "../common/production";
import { trackObjects, trackOf } from "../common/track";
import type { ModelServiceProps } from "./props";

const CONSTRUCT = "ModelService";

const fields = { ...commonFields, model: required(checkModelVersion) } satisfies Fields<ModelServiceProps>;

/**
 * What a `ModelService` would create for one version. Pure; a plan with an error among its findings has no objects.
 *
 * @example
 * ```ts
 * const plan = planModelService("recommender", { model, objectives: { latencyP95: "100ms", errorRate: 0.001 } });
 * ```
 */
export function planModelService(name: string, props: ModelServiceProps): Plan {
  const diagnostics = new Diagnostics();
  const parsed = parseProps(name, props, fields, diagnostics);
  if (parsed === undefined) return rejectedPlan(CONSTRUCT, name, diagnostics);
  const server = runtimeOf(parsed.runtime);
  checkCommon(parsed, server, diagnostics);
  checkReplicas(parsed.autoscaling, diagnostics);
  const model = { path: "model", model: parsed.model };
  checkProduction(parsed, server, [model], [model], diagnostics);
  if (hasErrors(diagnostics.findings)) return rejectedPlan(CONSTRUCT, name, diagnostics);

  const track = trackOf(name, parsed.model);
  return assemblePlan(
    {
      construct: CONSTRUCT,
      name,
      objects: trackObjects(parsed.model, {
        ...parsed,
        server,
        // As behind the default router, so that a rollout can take the track over unchanged.
        gatewayNamespace: DEFAULT_GATEWAY_NAMESPACE,
        gatewayMetrics: DEFAULT_GATEWAY_METRICS,
      }),
      tracks: [track],
      owners: autoscalerOwners([track]),
      overrides: parsed.overrides,
      runtime: server.name,
    },
    diagnostics,
  );
}
