import { canonicalJson } from "../../core/canonical";
import type { ObjectMeta } from "../../core/manifest";
import type { FieldOwner, PlannedObject, Track } from "../../core/plan";
import type { Timetable } from "../../core/timetable";
import { timetableMarkdown } from "../../core/timetable-markdown";
import { joinName, versionSlug } from "../../core/values/name";
import { configMap } from "../../kubernetes/config-map";
import { applicationLabels, trackLabels } from "../../kubernetes/labels";
import { prometheusRule } from "../../kubernetes/prometheus-rule";
import { comparisonRules } from "../../monitoring/comparison-alerts";
import { istioDestination, istioRoot, istioSplit, SPLIT_WEIGHTS_PATH } from "../../routing/istio";
import type { CanaryPolicy } from "../../strategies/canary/policy";
import { autoscalerOwners } from "../common/assemble";
import type { IstioRouting, ModelVersion } from "../common/checks";
import { readObjectives } from "../common/guardrails";
import { plainOrUndefined, planned, SERVICE_PORT, trackObjects, type TrackSettings } from "../common/track";
import type { CanaryRead } from "./checks";
import { latencyFloor } from "./policy";

/** A canary whose props passed, with what was planned from them. */
export interface PlannedCanary {
  readonly props: CanaryRead;
  readonly stable: Track;
  readonly canary: Track;
  readonly policy: CanaryPolicy;
  readonly timetable: Timetable;
}

/**
 * All objects in the order in which they must come to exist: both tracks, the record of the rollout, the split, and last
 * the route that leads to it, so that no user reaches what is not ready.
 */
export function canaryObjects(planning: PlannedCanary): Record<string, PlannedObject> {
  const { props } = planning;
  const tracks = {
    ...trackWithRoute(props.stable, planning.stable, props),
    ...trackWithRoute(props.canary, planning.canary, props),
  };
  const pair = pairSlug(props);
  const [record, split] = [`${pair}-record`, `${pair}-split`];
  return {
    ...tracks,
    [`${pair}-comparison`]: planned(comparisonAlerts(planning)),
    [record]: planned(rolloutRecord(planning), ...Object.keys(tracks)),
    [split]: planned(splitObject(planning), record),
    route: planned(rootRoute(planning), split),
  };
}

/** Fields that the autoscalers and, where there is one, the controller write. */
export function canaryOwners(props: CanaryRead, tracks: readonly Track[]): FieldOwner[] {
  const owners = autoscalerOwners(tracks);
  return props.controller.enabled
    ? [...owners, { role: `${pairSlug(props)}-split`, path: SPLIT_WEIGHTS_PATH, owner: "controller" }]
    : owners;
}

/** Both versions: another pair is another split, so that ignored weights never hide a release. */
function pairSlug({ stable, canary }: CanaryRead): string {
  return joinName(versionSlug(stable.version), versionSlug(canary.version));
}

function pairMetadata({ props }: PlannedCanary): ObjectMeta {
  const { name, namespace, labels } = props;
  return { name: joinName(name, pairSlug(props)), namespace, labels: { ...labels, ...applicationLabels(name) } };
}

function trackWithRoute(model: ModelVersion, track: Track, props: CanaryRead): Record<string, PlannedObject> {
  const { name, namespace, labels } = props;
  const { consecutiveErrors, ejectionTime } = istioOf(props);
  const metadata = {
    name: track.name,
    namespace,
    labels: { ...labels, ...trackLabels(name, track.name, track.version) },
  };
  const outliers = { consecutiveErrors, ejectionSeconds: ejectionTime };
  return {
    ...trackObjects(model, trackSettings(props)),
    [`${versionSlug(model.version)}-destination`]: planned(istioDestination(metadata, track.name, outliers)),
  };
}

function trackSettings(props: CanaryRead): TrackSettings {
  return { ...props, objectives: readObjectives(props.objectives) };
}

/** What is run, for people and for a controller; the stage that is reached is not in it, so that a stage changes one object. */
function rolloutRecord(planning: PlannedCanary) {
  const { policy, props } = planning;
  const { title, stages, notes } = planning.timetable;
  return configMap(pairMetadata(planning), {
    "policy.json": `${canonicalJson(policy, 2)}\n`,
    "timetable.md": timetableMarkdown({ title, stages, notes }),
    ...(props.canary.evidence && { "evidence.json": `${canonicalJson(props.canary.evidence, 2)}\n` }),
  });
}

function splitObject(planning: PlannedCanary) {
  const { stable, canary, timetable } = planning;
  const stage = timetable.stages[timetable.current ?? 0];
  const weight = stage?.weights[canary.name] ?? 0;
  const shares = [
    { service: stable.name, weight: 100 - weight },
    { service: canary.name, weight },
  ];
  return istioSplit(pairMetadata(planning), shares, SERVICE_PORT);
}

function rootRoute(planning: PlannedCanary) {
  const { props } = planning;
  const { name, namespace, labels } = props;
  const metadata = { name, namespace, labels: { ...labels, ...applicationLabels(name) } };
  return istioRoot(metadata, istioOf(props), pairMetadata(planning).name);
}

function comparisonAlerts(planning: PlannedCanary) {
  const { props, stable, canary } = planning;
  const { analysis, objectives, monitoring, name } = props;
  const metadata = pairMetadata(planning);
  const series = (track: Track) => ({
    model: name,
    version: track.version,
    namespace: plainOrUndefined(props.namespace),
  });
  const groups = comparisonRules(series(stable), series(canary), {
    latencyMargin: objectives?.latencyP95 === undefined ? undefined : analysis.latencyMargin,
    latencyFloorSeconds: latencyFloor(objectives?.latencyP95 ?? 0, analysis),
    errorRateMargin: objectives?.errorRate === undefined ? undefined : analysis.errorRateMargin,
    errorRateFloor: objectives?.errorRate ?? 0,
    minimumSamples: analysis.minimumSamples,
    metrics: analysis.metrics.map(({ name: metric, direction, margin, minimumSamples }) => ({
      metric,
      higherIsBetter: direction === "higherIsBetter",
      margin,
      minimumSamples,
    })),
  });
  return prometheusRule({ ...metadata, labels: { ...metadata.labels, ...monitoring.selectorLabels } }, groups);
}

/** The guardrails refuse a rollout without a router before its objects are made. */
function istioOf({ routing }: CanaryRead): IstioRouting {
  if (routing.istio === undefined) throw new Error("a rollout without a router passed its guardrails");
  return routing.istio;
}
