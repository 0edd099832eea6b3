import { parseProps } from "../../core/checks/parse-props";
import { hasErrors } from "../../core/findings/finding";
import { Diagnostics } from "../../core/findings/diagnostics";
import type { Plan } from "../../core/plan";
import type { AbTestPolicy } from "../../strategies/ab-test/policy";
import { assemblePlan, refusedPlan } from "../common/assemble";
import { rolloutOwners } from "../common/rollout";
import { trackOf } from "../common/track";
import { abTestFields } from "./schema";
import { checkAbTest } from "./guardrails";
import { abTestObjects } from "./objects";
import { abTestPolicy } from "./policy";
import type { AbTestProps } from "./props";
import { abTestTimetable } from "./timetable";

const CONSTRUCT = "AbTest";

/**
 * What an `AbTest` would create: a track for each variant, the split that holds each user to hers, the route to it, the
 * policy and the timetable. Pure; a plan with an error among its findings has no objects.
 *
 * @example
 * ```ts
 * const plan = planAbTest("recommender", { ...props, running: true });
 * console.log(Object.keys(plan.objects), plan.findings);
 * ```
 */
export function planAbTest(name: string, props: AbTestProps): Plan<AbTestPolicy> {
  const diagnostics = new Diagnostics();
  const parsed = parseProps(name, props, abTestFields, diagnostics);
  if (parsed === undefined) return refusedPlan(CONSTRUCT, name, diagnostics);
  checkAbTest(parsed, diagnostics);
  if (hasErrors(diagnostics.findings)) return refusedPlan(CONSTRUCT, name, diagnostics);

  const tracks = parsed.variants.map((variant) => trackOf(name, variant));
  const policy = abTestPolicy(parsed);
  const timetable = abTestTimetable(parsed, policy);
  const plan = assemblePlan(
    {
      construct: CONSTRUCT,
      name,
      objects: abTestObjects({ props: parsed, tracks, policy, timetable }),
      tracks,
      owners: rolloutOwners(parsed, parsed.variants),
      overrides: parsed.overrides,
    },
    diagnostics,
  );
  return hasErrors(plan.findings) ? plan : { ...plan, timetable, policy };
}
