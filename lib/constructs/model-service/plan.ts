import { required, type Fields } from "../../core/checks/check";
import { readProps } from "../../core/checks/read";
import { refuses } from "../../core/findings/finding";
import { Report } from "../../core/findings/report";
import type { Plan } from "../../core/plan";
import { assemblePlan, autoscalerOwners, refusedPlan } from "../common/assemble";
import { checkReplicas } from "../common/autoscaler";
import { checkModelVersion, commonFields } from "../common/checks";
import { checkCommon, readObjectives } from "../common/guardrails";
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
  const report = new Report();
  const read = readProps(name, props, fields, report);
  if (read === undefined) return refusedPlan(CONSTRUCT, name, report);
  checkCommon(read, report);
  checkReplicas(read.autoscaling, report);
  const model = { path: "model", model: read.model };
  checkProduction(read, [model], [model], report);
  if (refuses(report.findings)) return refusedPlan(CONSTRUCT, name, report);

  const track = trackOf(name, read.model);
  return assemblePlan(
    {
      construct: CONSTRUCT,
      name,
      objects: trackObjects(read.model, { ...read, objectives: readObjectives(read.objectives) }),
      tracks: [track],
      owners: autoscalerOwners([track]),
      overrides: read.overrides,
    },
    report,
  );
}
