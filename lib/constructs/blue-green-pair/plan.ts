import { parseProps } from "../../core/checks/parse-props";
import type { Plan, PlannedObject } from "../../core/plan";
import { joinName, versionSlug } from "../../core/values/name";
import type { BlueGreenPolicy } from "../../strategies/blue-green/policy";
import { powerOfSwitch } from "../../strategies/blue-green/power";
import type { Split } from "../../strategies/decision";
import { defineRollout } from "../common/define-rollout";
import { holdLimits, monitorRules } from "../common/monitor-rules";
import type { NamedModel } from "../common/production";
import type { CheckedRollout, PlannedRollout } from "../common/rollout";
import { applicationMetadata } from "../common/rollout-objects";
import { SERVICE_PORT, trackOf, withDependencies } from "../common/track";
import { checkPair, routerNeeds } from "./guardrails";
import { BlueGreenColor, type BlueGreenPairProps } from "./props";
import { blueGreenFields, type ParsedBlueGreenProps } from "./schema";
import { autoscalingOf, servedModels } from "./sizes";
import { blueGreenTimetable } from "./timetable";

type Pair = readonly [NamedModel, NamedModel];

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
export const planBlueGreenPair: (name: string, props: BlueGreenPairProps) => Plan<BlueGreenPolicy> = defineRollout({
  construct: "BlueGreenPair",
  parse: (name, props, diagnostics) => parseProps(name, props, blueGreenFields, diagnostics),
  models: ({ blue, green }: ParsedBlueGreenProps): Pair => [
    { path: "blue", model: blue },
    { path: "green", model: green },
  ],
  exposesUsers: true,
  check: checkPair,
  routerNeeds,
  policy: blueGreenPolicy,
  split: ({ props }) => declaredSplit(props),
  power: ({ policy }) => ({
    rollout: powerOfSwitch(policy),
    baseline: "blue",
    passes: "passes the watch",
    others: "switched back, or watched for longer",
    path: "watchFor",
  }),
  timetable: ({ props, policy }) => blueGreenTimetable(props, policy),
  served: servedModels,
  autoscaling: autoscalingOf,
  lastObjects: previewRoute,
});

function blueGreenPolicy({ props, tracks, server }: CheckedRollout<ParsedBlueGreenProps, Pair>): BlueGreenPolicy {
  const { objectives, smokeTest, autoscaling } = props;
  const [blue, green] = tracks;
  return {
    strategy: "blue-green",
    blue: blue.name,
    green: green.name,
    smokeTest: {
      requests: smokeTest.requests,
      latencyP95Seconds: smokeTest.latencyP95 ?? objectives?.latencyP95 ?? 1,
      healthPath: smokeTest.healthPath ?? server.runtime.paths.ready,
    },
    // Green gets all of blue's load at once, which is too fast for an autoscaler.
    capacity: { minReadyReplicas: autoscaling.minReplicas, shareOfStable: 1 },
    ...monitorRules(props, props.watchFor),
    ...holdLimits(props.analysis),
    watchSeconds: props.watchFor,
    standbySeconds: props.standbyFor,
    ...(props.standbyMirror > 0 && { standbyMirrorPercent: props.standbyMirror }),
  };
}

/**
 * All traffic on one color. The 0 of the other is explicit, so that the preview of a switch shows two changed numbers, and the
 * copies for blue, while it runs beside a live green.
 */
function declaredSplit(props: ParsedBlueGreenProps): Split {
  const { name, blue, green, standbyMirror } = props;
  const live = props.live === BlueGreenColor.Blue ? blue : green;
  const served = servedModels(props);
  const weights = Object.fromEntries(served.map((model) => [trackOf(name, model).name, model === live ? 100 : 0]));
  const isCompared = live === green && served.includes(blue);
  return isCompared ? { weights, mirrors: { [trackOf(name, blue).name]: standbyMirror } } : { weights };
}

function previewRoute(
  pair: PlannedRollout<ParsedBlueGreenProps, BlueGreenPolicy, Pair>,
): Readonly<Record<string, PlannedObject>> {
  const { props, routing, policy } = pair;
  if (props.preview === undefined || !servedModels(props).includes(props.green)) return {};
  const { router, settings } = routing;
  const metadata = applicationMetadata(props, joinName(props.name, "preview"));
  const route = router.preview(metadata, { ...props.preview, service: policy.green, port: SERVICE_PORT }, settings);
  return { preview: withDependencies(route, `${versionSlug(props.green.version)}-service`) };
}
