import { readProps } from "../../core/checks/read";
import { refuses } from "../../core/findings/finding";
import { Report } from "../../core/findings/report";
import type { Plan } from "../../core/plan";
import type { BlueGreenPolicy } from "../../strategies/blue-green/policy";
import { assemblePlan, refusedPlan } from "../common/assemble";
import { rolloutOwners } from "../common/rollout";
import { trackOf } from "../common/track";
import { blueGreenFields } from "./checks";
import { checkPair } from "./guardrails";
import { pairObjects, servedModels } from "./objects";
import { blueGreenPolicy } from "./policy";
import type { BlueGreenPairProps } from "./props";
import { blueGreenTimetable } from "./timetable";

const CONSTRUCT = "BlueGreenPair";

/**
 * What a `BlueGreenPair` would create: two tracks, the split that has all traffic on one of them, the route to it, the
 * preview of green, the policy and the timetable. Pure; a plan with an error among its findings has no objects.
 *
 * @example
 * ```ts
 * const plan = planBlueGreenPair("recommender", { ...props, live: "green" });
 * console.log(Object.keys(plan.objects), plan.findings);
 * ```
 */
export function planBlueGreenPair(name: string, props: BlueGreenPairProps): Plan<BlueGreenPolicy> {
  const report = new Report();
  const read = readProps(name, props, blueGreenFields, report);
  if (read === undefined) return refusedPlan(CONSTRUCT, name, report);
  checkPair(read, report);
  if (refuses(report.findings)) return refusedPlan(CONSTRUCT, name, report);

  const [blue, green] = [trackOf(name, read.blue), trackOf(name, read.green)];
  const policy = blueGreenPolicy(read, blue.name, green.name);
  const timetable = blueGreenTimetable(read, policy);
  const served = servedModels(read);
  const plan = assemblePlan(
    {
      construct: CONSTRUCT,
      name,
      objects: pairObjects({ props: read, blue, green, policy, timetable }),
      tracks: served.map((model) => trackOf(name, model)),
      owners: rolloutOwners(read, [read.blue, read.green], served),
      overrides: read.overrides,
    },
    report,
  );
  return refuses(plan.findings) ? plan : { ...plan, timetable, policy };
}
