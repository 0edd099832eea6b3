import { CONTRACT } from "../../core/contract";
import type { PlannedObject, Track } from "../../core/plan";
import type { Timetable } from "../../core/timetable";
import { applicationLabels } from "../../kubernetes/labels";
import { podNetworkPolicy } from "../../kubernetes/network-policy";
import { prometheusRule } from "../../kubernetes/prometheus-rule";
import { headlessService } from "../../kubernetes/service";
import { shadowRules } from "../../monitoring/shadow-alerts";
import { istioMirror } from "../../routing/istio";
import { HTTP_PORT } from "../../runtimes/onnx/container";
import { liveName } from "../../runtimes/onnx/server-config";
import type { ShadowPolicy } from "../../strategies/shadow/policy";
import { comparisonAlerts } from "../common/comparison";
import { rolloutMetadata, rolloutObjects, watchedMetadata } from "../common/rollout";
import { withDependencies, seriesOf, SERVICE_PORT } from "../common/track";
import type { ParsedShadowProps } from "./schema";

/** A shadow whose props passed, with what was planned from them. */
export interface PlannedShadow {
  readonly props: ParsedShadowProps;
  readonly live: Track;
  readonly shadow: Track;
  readonly policy: ShadowPolicy;
  readonly timetable: Timetable;
}

/**
 * Both tracks, the split that copies requests, the alerts, and the way by which the shadow learns what the live version
 * predicted. That way stands beside the tracks, not in them: they are as they would be in any other rollout.
 */
export function shadowObjects(planning: PlannedShadow): Record<string, PlannedObject> {
  const { props, live, shadow, policy, timetable } = planning;
  const models = [props.live, props.shadow];
  const metadata = rolloutMetadata(props, models);
  const copies = { service: shadow.name, percent: props.percent };
  const objects = rolloutObjects(props, {
    models,
    policy,
    timetable,
    split: istioMirror(metadata, live.name, copies, SERVICE_PORT),
    beside: {
      comparison: prometheusRule(watchedMetadata(props, models), alerts(planning)),
      "comparison-policy": podNetworkPolicy(metadata, live.selector, shadow.selector, CONTRACT.ports.http),
    },
  });
  return { live: withDependencies(liveServers(planning)), ...objects };
}

/** The name by which the shadow finds every replica of the live version. */
function liveServers({ props, live }: PlannedShadow) {
  const { name, namespace, labels } = props;
  const metadata = { name: liveName(name), namespace, labels: { ...labels, ...applicationLabels(name) } };
  return headlessService(metadata, live.selector, { name: HTTP_PORT, port: CONTRACT.ports.http });
}

function alerts({ props, live, shadow }: PlannedShadow) {
  const series = seriesOf(props, shadow.version);
  return [
    ...comparisonAlerts(props, { ...props.analysis, metrics: [] }, live, shadow),
    ...shadowRules(series, live.version, props.agreement),
  ];
}
