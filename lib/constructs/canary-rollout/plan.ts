import { parseProps } from "../../core/checks/parse-props";
import { hasErrors } from "../../core/findings/finding";
import { Diagnostics } from "../../core/findings/diagnostics";
import type { Plan } from "../../core/plan";
import type { CanaryPolicy } from "../../strategies/canary/policy";
import { assemblePlan, refusedPlan } from "../common/assemble";
import { rolloutOwners } from "../common/rollout";
import { trackOf } from "../common/track";
import { canaryFields } from "./schema";
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
  const diagnostics = new Diagnostics();
  const parsed = parseProps(name, props, canaryFields, diagnostics);
  if (parsed === undefined) return refusedPlan(CONSTRUCT, name, diagnostics);
  const weights = canaryWeights(parsed.traffic, diagnostics);
  checkCanary(parsed, weights, diagnostics);
  if (hasErrors(diagnostics.findings)) return refusedPlan(CONSTRUCT, name, diagnostics);

  const [stable, canary] = [trackOf(name, parsed.stable), trackOf(name, parsed.canary)];
  const policy = canaryPolicy(parsed, stable.name, canary.name, weights);
  const stage = parsed.controller.enabled ? undefined : (parsed.traffic.stage?.number ?? 0);
  const timetable = canaryTimetable(name, policy, stage);
  const plan = assemblePlan(
    {
      construct: CONSTRUCT,
      name,
      objects: canaryObjects({ props: parsed, stable, canary, policy, timetable }),
      tracks: [stable, canary],
      owners: rolloutOwners(parsed, [parsed.stable, parsed.canary]),
      overrides: parsed.overrides,
    },
    diagnostics,
  );
  return hasErrors(plan.findings) ? plan : { ...plan, timetable, policy };
}
