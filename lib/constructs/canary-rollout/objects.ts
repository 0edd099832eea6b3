import type { PlannedObject, Track } from "../../core/plan";
import type { Timetable } from "../../core/timetable";
import { prometheusRule } from "../../kubernetes/prometheus-rule";
import { istioSplit } from "../../routing/istio";
import type { CanaryPolicy } from "../../strategies/canary/policy";
import { comparisonAlerts } from "../common/comparison";
import { rolloutMetadata, rolloutObjects, watchedMetadata } from "../common/rollout";
import { SERVICE_PORT } from "../common/track";
import type { ParsedCanaryProps } from "./schema";

/** A canary whose props passed, with what was planned from them. */
export interface PlannedCanary {
  readonly props: ParsedCanaryProps;
  readonly stable: Track;
  readonly canary: Track;
  readonly policy: CanaryPolicy;
  readonly timetable: Timetable;
}

/** Both tracks, the split between them, and the alerts on what the gates compare. */
export function canaryObjects(planning: PlannedCanary): Record<string, PlannedObject> {
  const { props, stable, canary, policy, timetable } = planning;
  const models = [props.stable, props.canary];
  const alerts = comparisonAlerts(props, props.analysis, stable, canary);
  return rolloutObjects(props, {
    models,
    policy,
    timetable,
    split: istioSplit(rolloutMetadata(props, models), shares(planning), SERVICE_PORT),
    beside: { comparison: prometheusRule(watchedMetadata(props, models), alerts) },
  });
}

function shares({ stable, canary, timetable }: PlannedCanary) {
  const stage = timetable.stages[timetable.current ?? 0];
  const weight = stage?.weights[canary.name] ?? 0;
  return [
    { service: stable.name, weight: 100 - weight },
    { service: canary.name, weight },
  ];
}
