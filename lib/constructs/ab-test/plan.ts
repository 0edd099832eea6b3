import { readProps } from "../../core/checks/read";
import { refuses } from "../../core/findings/finding";
import { Report } from "../../core/findings/report";
import type { Plan } from "../../core/plan";
import type { AbTestPolicy } from "../../strategies/ab-test/policy";
import { assemblePlan, refusedPlan } from "../common/assemble";
import { rolloutOwners } from "../common/rollout";
import { trackOf } from "../common/track";
import { abTestFields } from "./checks";
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
  const report = new Report();
  const read = readProps(name, props, abTestFields, report);
  if (read === undefined) return refusedPlan(CONSTRUCT, name, report);
  checkAbTest(read, report);
  if (refuses(report.findings)) return refusedPlan(CONSTRUCT, name, report);

  const tracks = read.variants.map((variant) => trackOf(name, variant));
  const policy = abTestPolicy(read);
  const timetable = abTestTimetable(read, policy);
  const plan = assemblePlan(
    {
      construct: CONSTRUCT,
      name,
      objects: abTestObjects({ props: read, tracks, policy, timetable }),
      tracks,
      owners: rolloutOwners(read, read.variants),
      overrides: read.overrides,
    },
    report,
  );
  return refuses(plan.findings) ? plan : { ...plan, timetable, policy };
}
