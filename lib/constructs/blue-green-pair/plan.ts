import { parseProps } from "../../core/checks/parse-props";
import { hasErrors } from "../../core/findings/finding";
import { Diagnostics } from "../../core/findings/diagnostics";
import type { Plan } from "../../core/plan";
import type { BlueGreenPolicy } from "../../strategies/blue-green/policy";
import { assemblePlan, refusedPlan } from "../common/assemble";
import { rolloutOwners } from "../common/rollout";
import { trackOf } from "../common/track";
import { blueGreenFields } from "./schema";
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
  const diagnostics = new Diagnostics();
  const parsed = parseProps(name, props, blueGreenFields, diagnostics);
  if (parsed === undefined) return refusedPlan(CONSTRUCT, name, diagnostics);
  checkPair(parsed, diagnostics);
  if (hasErrors(diagnostics.findings)) return refusedPlan(CONSTRUCT, name, diagnostics);

  const [blue, green] = [trackOf(name, parsed.blue), trackOf(name, parsed.green)];
  const policy = blueGreenPolicy(parsed, blue.name, green.name);
  const timetable = blueGreenTimetable(parsed, policy);
  const served = servedModels(parsed);
  const plan = assemblePlan(
    {
      construct: CONSTRUCT,
      name,
      objects: pairObjects({ props: parsed, blue, green, policy, timetable }),
      tracks: served.map((model) => trackOf(name, model)),
      owners: rolloutOwners(parsed, [parsed.blue, parsed.green], served),
      overrides: parsed.overrides,
    },
    diagnostics,
  );
  return hasErrors(plan.findings) ? plan : { ...plan, timetable, policy };
}
