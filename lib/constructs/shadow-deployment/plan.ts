import { parseProps } from "../../core/checks/parse-props";
import { hasErrors } from "../../core/findings/finding";
import { Diagnostics } from "../../core/findings/diagnostics";
import type { Plan } from "../../core/plan";
import type { ShadowPolicy } from "../../strategies/shadow/policy";
import { assemblePlan, refusedPlan } from "../common/assemble";
import { rolloutOwners } from "../common/rollout";
import { trackOf } from "../common/track";
import { shadowFields } from "./schema";
import { checkShadow } from "./guardrails";
import { shadowObjects } from "./objects";
import { shadowPolicy } from "./policy";
import type { ShadowDeploymentProps } from "./props";
import { shadowTimetable } from "./timetable";

const CONSTRUCT = "ShadowDeployment";

/**
 * What a `ShadowDeployment` would create: two tracks, a split that copies requests to one of them, what their predictions
 * are compared by, the route, the policy and the timetable. Pure; a plan with an error among its findings has no objects.
 *
 * @example
 * ```ts
 * const plan = planShadowDeployment("recommender", props);
 * console.log(Object.keys(plan.objects), plan.findings);
 * ```
 */
export function planShadowDeployment(name: string, props: ShadowDeploymentProps): Plan<ShadowPolicy> {
  const diagnostics = new Diagnostics();
  const parsed = parseProps(name, props, shadowFields, diagnostics);
  if (parsed === undefined) return refusedPlan(CONSTRUCT, name, diagnostics);
  checkShadow(parsed, diagnostics);
  if (hasErrors(diagnostics.findings)) return refusedPlan(CONSTRUCT, name, diagnostics);

  const [live, shadow] = [trackOf(name, parsed.live), trackOf(name, parsed.shadow)];
  const policy = shadowPolicy(parsed, live.name, shadow.name);
  const timetable = shadowTimetable(parsed, policy);
  const plan = assemblePlan(
    {
      construct: CONSTRUCT,
      name,
      objects: shadowObjects({ props: parsed, live, shadow, policy, timetable }),
      tracks: [live, shadow],
      owners: rolloutOwners(parsed, [parsed.live, parsed.shadow]),
      overrides: parsed.overrides,
    },
    diagnostics,
  );
  return hasErrors(plan.findings) ? plan : { ...plan, timetable, policy };
}
