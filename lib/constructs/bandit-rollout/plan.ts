import { readProps } from "../../core/checks/read";
import { refuses } from "../../core/findings/finding";
import { Report } from "../../core/findings/report";
import type { Plan } from "../../core/plan";
import type { BanditPolicy } from "../../strategies/bandit/policy";
import { assemblePlan, refusedPlan } from "../common/assemble";
import { rolloutOwners } from "../common/rollout";
import { trackOf } from "../common/track";
import { banditFields } from "./checks";
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
  const report = new Report();
  const read = readProps(name, props, banditFields, report);
  if (read === undefined) return refusedPlan(CONSTRUCT, name, report);
  checkBandit(read, report);
  if (refuses(report.findings)) return refusedPlan(CONSTRUCT, name, report);

  const tracks = read.arms.map((arm) => trackOf(name, arm));
  const policy = banditPolicy(read);
  const split = declaredSplit(read);
  const timetable = banditTimetable(name, policy, read.controller.enabled ? undefined : split);
  const plan = assemblePlan(
    {
      construct: CONSTRUCT,
      name,
      objects: banditObjects({ props: read, tracks, policy, timetable, split }),
      tracks,
      owners: rolloutOwners(read, read.arms),
      overrides: read.overrides,
    },
    report,
  );
  return refuses(plan.findings) ? plan : { ...plan, timetable, policy };
}
