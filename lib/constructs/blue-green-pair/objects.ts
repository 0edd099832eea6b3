import type { PlannedObject, Track } from "../../core/plan";
import type { Timetable } from "../../core/timetable";
import { joinName, versionSlug } from "../../core/values/name";
import { applicationLabels } from "../../kubernetes/labels";
import { prometheusRule } from "../../kubernetes/prometheus-rule";
import { istioPreview, istioSplit } from "../../routing/istio";
import type { BlueGreenPolicy } from "../../strategies/blue-green/policy";
import type { Autoscaling, ModelVersion } from "../common/schema";
import { comparisonAlerts } from "../common/comparison";
import { istioOf, rolloutMetadata, rolloutObjects, watchedMetadata } from "../common/rollout";
import { withDependencies, SERVICE_PORT } from "../common/track";
import type { ParsedBlueGreenProps } from "./schema";
import { BlueGreenColor, IdleColor } from "./props";

/** A pair whose props passed, with what was planned from them. */
export interface PlannedPair {
  readonly props: ParsedBlueGreenProps;
  readonly blue: Track;
  readonly green: Track;
  readonly policy: BlueGreenPolicy;
  readonly timetable: Timetable;
}

/** Versions that run: all but a retired one. */
export function servedModels({ blue, green, live, idle }: ParsedBlueGreenProps): ModelVersion[] {
  if (idle !== IdleColor.Retired) return [blue, green];
  return live === BlueGreenColor.Blue ? [blue] : [green];
}

/** Both colours, the split between them, the preview of green, and the alerts on what the gates compare. */
export function pairObjects(planning: PlannedPair): Record<string, PlannedObject> {
  const { props, blue, green, policy, timetable } = planning;
  const models = [props.blue, props.green];
  const served = servedModels(props);
  const objects = rolloutObjects(props, {
    models,
    served,
    autoscaling: (model) => autoscalingOf(props, model),
    policy,
    timetable,
    split: istioSplit(rolloutMetadata(props, models), shares(planning, served), SERVICE_PORT),
    beside: {
      comparison: prometheusRule(watchedMetadata(props, models), comparisonAlerts(props, props.analysis, blue, green)),
    },
  });
  return props.preview !== undefined && served.includes(props.green)
    ? { ...objects, preview: withDependencies(previewRoute(planning), `${versionSlug(props.green.version)}-service`) }
    : objects;
}

/** All on one colour. What the other has is written as well, so that the preview of a switch shows two numbers change. */
function shares({ props, blue, green }: PlannedPair, served: readonly ModelVersion[]) {
  const all = [
    { service: blue.name, model: props.blue, weight: props.live === BlueGreenColor.Blue ? 100 : 0 },
    { service: green.name, model: props.green, weight: props.live === BlueGreenColor.Green ? 100 : 0 },
  ];
  return all.filter(({ model }) => served.includes(model)).map(({ service, weight }) => ({ service, weight }));
}

/**
 * How many replicas a colour has. Neither depends on which is live, so that the switch changes the split alone: green is
 * made large enough to take over, and an autoscaler keeps blue's size for the length of the watch.
 */
function autoscalingOf(props: ParsedBlueGreenProps, model: ModelVersion): Autoscaling {
  const { autoscaling, live, idle, watchFor } = props;
  const isLive = model === (live === BlueGreenColor.Blue ? props.blue : props.green);
  if (idle === IdleColor.Full) {
    const prepared = props.preparedReplicas ?? autoscaling.maxReplicas;
    return {
      ...autoscaling,
      minReplicas: model === props.green ? prepared : autoscaling.minReplicas,
      scaleDownWindow: Math.max(autoscaling.scaleDownWindow, watchFor),
    };
  }
  return isLive ? autoscaling : { ...autoscaling, minReplicas: props.standbyReplicas };
}

function previewRoute({ props, green }: PlannedPair) {
  const { name, namespace, labels, preview } = props;
  const metadata = {
    name: joinName(name, "preview"),
    namespace,
    labels: { ...labels, ...applicationLabels(name) },
  };
  const hosts = preview?.hosts ?? [];
  const gateways = preview?.gateways ?? istioOf(props).gateways;
  return istioPreview(metadata, { hosts, gateways }, { service: green.name, port: SERVICE_PORT });
}
