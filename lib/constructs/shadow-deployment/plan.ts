import { readProps } from "../../core/checks/read";
import { refuses } from "../../core/findings/finding";
import { Report } from "../../core/findings/report";
import type { Plan } from "../../core/plan";
import type { ShadowPolicy } from "../../strategies/shadow/policy";
import { assemblePlan, refusedPlan } from "../common/assemble";
import { rolloutOwners } from "../common/rollout";
import { trackOf } from "../common/track";
import { shadowFields } from "./checks";
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
  const report = new Report();
  const read = readProps(name, props, shadowFields, report);
  if (read === undefined) return refusedPlan(CONSTRUCT, name, report);
  checkShadow(read, report);
  if (refuses(report.findings)) return refusedPlan(CONSTRUCT, name, report);

  const [live, shadow] = [trackOf(name, read.live), trackOf(name, read.shadow)];
  const policy = shadowPolicy(read, live.name, shadow.name);
  const timetable = shadowTimetable(read, policy);
  const plan = assemblePlan(
    {
      construct: CONSTRUCT,
      name,
      objects: shadowObjects({ props: read, live, shadow, policy, timetable }),
      tracks: [live, shadow],
      owners: rolloutOwners(read, [read.live, read.shadow]),
      overrides: read.overrides,
    },
    report,
  );
  return refuses(plan.findings) ? plan : { ...plan, timetable, policy };
}
