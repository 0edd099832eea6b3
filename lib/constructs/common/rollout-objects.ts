import { canonicalJson } from "../../core/canonical";
import type { Manifest, ObjectMeta } from "../../core/manifest";
import type { FieldOwner, PlannedObject } from "../../core/plan";
import type { Timetable } from "../../core/timetable";
import { timetableMarkdown } from "../../core/timetable-markdown";
import { joinName, versionSlug } from "../../core/values/name";
import { configMap } from "../../kubernetes/config-map";
import { applicationLabels } from "../../kubernetes/labels";
import { prometheusRule, type RuleGroup } from "../../kubernetes/prometheus-rule";
import type { SplitSpec, StickyAssignment } from "../../routing/router";
import type { Split } from "../../strategies/decision";
import { strategyOf } from "../../strategies/registry";
import { autoscalerOwners } from "./assemble";
import { slowStartSeconds } from "./monitor-rules";
import type { AnyRollout } from "./rollout";
import type { ParsedRolloutProps } from "./rollout-schema";
import type { Autoscaling, ModelVersion } from "./schema";
import { SERVICE_PORT, trackMetadata, trackObjects, trackOf, withDependencies } from "./track";

/** What the objects of a rollout are made from, besides the rollout itself. */
export interface RolloutParts {
  /** Versions that run, in creation order. */
  readonly served: readonly ModelVersion[];
  readonly autoscaling: (model: ModelVersion) => Autoscaling;
  readonly split: Split;
  readonly sticky: StickyAssignment | undefined;
  readonly timetable: Timetable;
  readonly alerts: readonly RuleGroup[];
  /** Further objects by kind of role; they come before the record. */
  readonly extraObjects: Readonly<Record<string, Manifest>>;
}

/**
 * All objects in creation order: the tracks, the record of the rollout, the split, and last the route that leads to it, so
 * that no user reaches a track that is not ready.
 */
export function rolloutObjects(rollout: AnyRollout, parts: RolloutParts): Record<string, PlannedObject> {
  const { props, models, routing, metadata } = rollout;
  const { served, autoscaling, split, sticky, alerts, extraObjects } = parts;
  const slug = rolloutSlug(models);
  const tracks = Object.assign({}, ...served.map((model) => routedTrack(rollout, model, autoscaling(model)))) as Record<
    string,
    PlannedObject
  >;
  const monitored: ObjectMeta = { ...metadata, labels: { ...metadata.labels, ...props.monitoring.selectorLabels } };
  const extra = { comparison: prometheusRule(monitored, alerts), ...extraObjects };
  const { router, settings } = routing;
  return {
    ...metricRules(rollout),
    ...tracks,
    ...Object.fromEntries(
      Object.entries(extra).map(([kind, manifest]) => [`${slug}-${kind}`, withDependencies(manifest)]),
    ),
    [`${slug}-record`]: withDependencies(rolloutRecord(rollout, parts.timetable), ...Object.keys(tracks)),
    [splitRole(models)]: withDependencies(
      router.split(metadata, splitSpec(rollout, split, sticky), settings),
      `${slug}-record`,
    ),
    route: withDependencies(router.root(applicationMetadata(props), metadata.name, settings), splitRole(models)),
  };
}

/** Fields that the autoscalers and the controller, if there is one, write. */
export function rolloutOwners(
  { props, models, routing }: Pick<AnyRollout, "props" | "models" | "routing">,
  served: readonly ModelVersion[] = models,
): FieldOwner[] {
  const owners = autoscalerOwners(served.map((model) => trackOf(props.name, model)));
  return props.controller.enabled
    ? [...owners, { role: splitRole(models), path: routing.router.weightsPath, owner: "controller" }]
    : owners;
}

/** Name and labels of the objects that belong to the versions together: another set of versions has other objects. */
export function rolloutMetadata(props: ParsedRolloutProps, models: readonly ModelVersion[]): ObjectMeta {
  return { ...applicationMetadata(props), name: joinName(props.name, rolloutSlug(models)) };
}

/** Name and labels of the objects that outlast the versions, such as the root route. Some have another name. */
export function applicationMetadata(
  { name, namespace, labels }: Pick<ParsedRolloutProps, "name" | "namespace" | "labels">,
  objectName = name,
): ObjectMeta {
  return { name: objectName, namespace, labels: { ...labels, ...applicationLabels(name) } };
}

/** The rules for the values of all metrics. Every replica of every version reads them, because feedback may arrive at any. */
function metricRules({ props, policy, server }: AnyRollout): Record<string, PlannedObject> {
  const { metrics } = strategyOf(policy).requirements(policy);
  const rules = server.runtime.feedback?.metricRules;
  if (rules === undefined || metrics.length === 0) return {};
  const metadata = applicationMetadata(props, rules.configMapName(props.name));
  return { feedback: withDependencies(configMap(metadata, rules.files(metrics))) };
}

/** Names all versions, so that other versions get another split and ignored weights never hide a release. */
function rolloutSlug(models: readonly ModelVersion[]): string {
  return joinName(...models.map(({ version }) => versionSlug(version)));
}

const splitRole = (models: readonly ModelVersion[]): string => `${rolloutSlug(models)}-split`;

/** Weights of the tracks that are named in the split, and copies for one that serves no users. */
function splitSpec({ tracks }: AnyRollout, split: Split, sticky: StickyAssignment | undefined): SplitSpec {
  const { weights, mirrors = {} } = split;
  const shares = tracks.flatMap(({ name }) => {
    const weight = weights[name];
    return weight === undefined ? [] : [{ service: name, weight }];
  });
  const [mirror] = Object.entries(mirrors).filter(([, percent]) => percent > 0);
  return {
    shares,
    ...(mirror && { mirror: { service: mirror[0], percent: mirror[1] } }),
    ...(sticky && { sticky }),
    port: SERVICE_PORT,
  };
}

function routedTrack(
  rollout: AnyRollout,
  model: ModelVersion,
  autoscaling: Autoscaling,
): Record<string, PlannedObject> {
  const { props, server, routing } = rollout;
  const { router, settings } = routing;
  const track = trackOf(props.name, model);
  const spec = { service: track.name, slowStartSeconds: slowStartSeconds(props.analysis) };
  const destination = router.destination(trackMetadata(track, props), spec, settings);
  const gateway = { gatewayNamespace: router.gateway.namespace, gatewayMetrics: router.metrics };
  return {
    ...trackObjects(model, { ...props, autoscaling, server, ...gateway }),
    ...(destination && { [`${versionSlug(model.version)}-destination`]: withDependencies(destination) }),
  };
}

/** The rollout, for people and for a controller. The declared stage is not part of it, so that a step changes only one object. */
function rolloutRecord({ models, policy, metadata }: AnyRollout, timetable: Timetable): Manifest {
  const { title, stages, notes } = timetable;
  const evidence = models.flatMap((model) => (model.evidence === undefined ? [] : [model.evidence]));
  return configMap(metadata, {
    "policy.json": `${canonicalJson(policy, 2)}\n`,
    "timetable.md": timetableMarkdown({ title, stages, notes }),
    ...(evidence.length > 0 && { "evidence.json": `${canonicalJson(evidence, 2)}\n` }),
  });
}
