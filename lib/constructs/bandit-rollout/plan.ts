import { parseProps } from "../../core/checks/parse-props";
import { hasErrors } from "../../core/findings/finding";
import { Diagnostics } from "../../core/findings/diagnostics";
import type { Plan } from "../../core/plan";
import type { BanditPolicy } from "../../strategies/bandit/policy";
import { assemblePlan, refusedPlan } from "../common/assemble";
import { rolloutOwners } from "../common/rollout";
import { trackOf } from "../common/track";
import { banditFields } from "./schema";
import { checkBandit } from "./guardrails";
import { banditObjects } from "./objects";
import { banditPolicy, declaredSplit } from "./policy";
import type { BanditRolloutProps } from "./props";
import { banditTimetable } from "./timetable";

const CONSTRUCT = "BanditRollout";

/**
 * What a `BanditRollout` would create: a track for each arm, the split between them, the route to it, the policy and the
 * timetable. Pure: the same props give the same plan. A plan with an error among its findings has no objects.
 *
 * @example
 * ```ts
 * const plan = planBanditRollout("recommender", props);
 * console.log(Object.keys(plan.objects), plan.findings);
 * ```
 */
export function planBanditRollout(name: string, props: BanditRolloutProps): Plan<BanditPolicy> {
  const diagnostics = new Diagnostics();
  const parsed = parseProps(name, props, banditFields, diagnostics);
  if (parsed === undefined) return refusedPlan(CONSTRUCT, name, diagnostics);
  checkBandit(parsed, diagnostics);
  if (hasErrors(diagnostics.findings)) return refusedPlan(CONSTRUCT, name, diagnostics);

  const tracks = parsed.arms.map((arm) => trackOf(name, arm));
  const policy = banditPolicy(parsed);
  const split = declaredSplit(parsed);
  const timetable = banditTimetable(name, policy, parsed.controller.enabled ? undefined : split);
  const plan = assemblePlan(
    {
      construct: CONSTRUCT,
      name,
      objects: banditObjects({ props: parsed, tracks, policy, timetable, split }),
      tracks,
      owners: rolloutOwners(parsed, parsed.arms),
      overrides: parsed.overrides,
    },
    diagnostics,
  );
  return hasErrors(plan.findings) ? plan : { ...plan, timetable, policy };
}
