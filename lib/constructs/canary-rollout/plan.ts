import { readProps } from "../../core/checks/read";
import { refuses } from "../../core/findings/finding";
import { Report } from "../../core/findings/report";
import type { Plan } from "../../core/plan";
import type { CanaryPolicy } from "../../strategies/canary/policy";
import { assemblePlan, refusedPlan } from "../common/assemble";
import { rolloutOwners } from "../common/rollout";
import { trackOf } from "../common/track";
import { canaryFields } from "./checks";
import { checkCanary } from "./guardrails";
import { canaryObjects } from "./objects";
import { canaryPolicy } from "./policy";
import type { CanaryRolloutProps } from "./props";
import { canaryTimetable } from "./timetable";
import { canaryWeights } from "./weights";

const CONSTRUCT = "CanaryRollout";

/**
 * What a `CanaryRollout` would create: two tracks, the split between them, the route to it, the policy and the timetable.
 * Pure: the same props give the same plan. A plan with an error among its findings has no objects.
 *
 * @example
 * ```ts
 * const plan = planCanaryRollout("recommender", props);
 * console.log(Object.keys(plan.objects), plan.findings);
 * ```
 */
export function planCanaryRollout(name: string, props: CanaryRolloutProps): Plan<CanaryPolicy> {
  const report = new Report();
  const read = readProps(name, props, canaryFields, report);
  if (read === undefined) return refusedPlan(CONSTRUCT, name, report);
  const weights = canaryWeights(read.traffic, report);
  checkCanary(read, weights, report);
  if (refuses(report.findings)) return refusedPlan(CONSTRUCT, name, report);

  const [stable, canary] = [trackOf(name, read.stable), trackOf(name, read.canary)];
  const policy = canaryPolicy(read, stable.name, canary.name, weights);
  const stage = read.controller.enabled ? undefined : (read.traffic.stage?.number ?? 0);
  const timetable = canaryTimetable(name, policy, stage);
  const plan = assemblePlan(
    {
      construct: CONSTRUCT,
      name,
      objects: canaryObjects({ props: read, stable, canary, policy, timetable }),
      tracks: [stable, canary],
      owners: rolloutOwners(read, [read.stable, read.canary]),
      overrides: read.overrides,
    },
    report,
  );
  return refuses(plan.findings) ? plan : { ...plan, timetable, policy };
}
