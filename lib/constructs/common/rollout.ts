import { canonicalJson } from "../../core/canonical";
import type { Manifest, ObjectMeta } from "../../core/manifest";
import type { FieldOwner, PlannedObject, Track } from "../../core/plan";
import type { Timetable } from "../../core/timetable";
import { timetableMarkdown } from "../../core/timetable-markdown";
import { joinName, versionSlug } from "../../core/values/name";
import { configMap } from "../../kubernetes/config-map";
import { applicationLabels, trackLabels } from "../../kubernetes/labels";
import { istioDestination, istioRoot, SPLIT_WEIGHTS_PATH } from "../../routing/istio";
import { autoscalerOwners } from "./assemble";
import type { Autoscaling, IstioRouting, ModelVersion } from "./schema";
import { objectivesInBaseUnits } from "./guardrails";
import type { ParsedRolloutProps } from "./rollout-schema";
import { withDependencies, trackObjects, trackOf } from "./track";

/** What a rollout of several versions is made of, besides its tracks and its root route. */
export interface RolloutParts {
  /** All versions that take part, in the order in which their objects come to exist. */
  readonly models: readonly ModelVersion[];
  /** Those of them that run. By default all. */
  readonly served?: readonly ModelVersion[];
  /** How many replicas a version has. By default as the props say. */
  readonly autoscaling?: (model: ModelVersion) => Autoscaling;
  readonly policy: unknown;
  readonly timetable: Timetable;
  /** The object that holds the weights. */
  readonly split: Manifest;
  /** Further objects of the rollout, such as its alerts, by kind of role; they come before the record. */
  readonly beside: Readonly<Record<string, Manifest>>;
}

/**
 * All objects in the order in which they must come to exist: the tracks, the record of the rollout, the split, and last
 * the route that leads to it, so that no user reaches what is not ready.
 */
export function rolloutObjects(props: ParsedRolloutProps, parts: RolloutParts): Record<string, PlannedObject> {
  const { models, served = models, autoscaling = () => props.autoscaling, split, beside } = parts;
  const tracks = Object.assign(
    {},
    ...served.map((model) => trackWithRoute(props, model, autoscaling(model))),
  ) as Record<string, PlannedObject>;
  const slug = rolloutSlug(models);
  const [recordRole, splitRole] = [`${slug}-record`, splitRoleOf(models)];
  return {
    ...tracks,
    ...Object.fromEntries(
      Object.entries(beside).map(([kind, manifest]) => [`${slug}-${kind}`, withDependencies(manifest)]),
    ),
    [recordRole]: withDependencies(rolloutRecord(props, parts), ...Object.keys(tracks)),
    [splitRole]: withDependencies(split, recordRole),
    route: withDependencies(rootRoute(props, models), splitRole),
  };
}

/** Fields that the autoscalers and, where there is one, the controller write. */
export function rolloutOwners(
  props: ParsedRolloutProps,
  models: readonly ModelVersion[],
  served: readonly ModelVersion[] = models,
): FieldOwner[] {
  const owners = autoscalerOwners(served.map((model) => trackOf(props.name, model)));
  return props.controller.enabled
    ? [...owners, { role: splitRoleOf(models), path: SPLIT_WEIGHTS_PATH, owner: "controller" }]
    : owners;
}

/** Name and labels of the objects that belong to the versions together: another set of versions has other objects. */
export function rolloutMetadata(props: ParsedRolloutProps, models: readonly ModelVersion[]): ObjectMeta {
  return { ...applicationMetadata(props), name: joinName(props.name, rolloutSlug(models)) };
}

/** The same with the labels by which Prometheus selects rules. */
export function watchedMetadata(props: ParsedRolloutProps, models: readonly ModelVersion[]): ObjectMeta {
  const metadata = rolloutMetadata(props, models);
  return { ...metadata, labels: { ...metadata.labels, ...props.monitoring.selectorLabels } };
}

/** The guardrails refuse a rollout without a router before its objects are made. */
export function istioOf({ routing }: ParsedRolloutProps): IstioRouting {
  if (routing.istio === undefined) throw new Error("a rollout without a router passed its guardrails");
  return routing.istio;
}

/** All versions: other versions are another split, so that ignored weights never hide a release. */
function rolloutSlug(models: readonly ModelVersion[]): string {
  return joinName(...models.map(({ version }) => versionSlug(version)));
}

const splitRoleOf = (models: readonly ModelVersion[]): string => `${rolloutSlug(models)}-split`;

function applicationMetadata({ name, namespace, labels }: ParsedRolloutProps): ObjectMeta {
  return { name, namespace, labels: { ...labels, ...applicationLabels(name) } };
}

function trackWithRoute(
  props: ParsedRolloutProps,
  model: ModelVersion,
  autoscaling: Autoscaling,
): Record<string, PlannedObject> {
  const { name, namespace, labels } = props;
  const track: Track = trackOf(name, model);
  const { consecutiveErrors, ejectionTime } = istioOf(props);
  const metadata = {
    name: track.name,
    namespace,
    labels: { ...labels, ...trackLabels(name, track.name, track.version) },
  };
  const outliers = { consecutiveErrors, ejectionSeconds: ejectionTime };
  return {
    ...trackObjects(model, { ...props, autoscaling, objectives: objectivesInBaseUnits(props.objectives) }),
    [`${versionSlug(model.version)}-destination`]: withDependencies(istioDestination(metadata, track.name, outliers)),
  };
}

/** What is run, for people and for a controller; what the program declares is not in it, so that a declared step changes one object. */
function rolloutRecord(props: ParsedRolloutProps, { models, policy, timetable }: RolloutParts): Manifest {
  const { title, stages, notes } = timetable;
  const evidence = models.flatMap((model) => (model.evidence === undefined ? [] : [model.evidence]));
  return configMap(rolloutMetadata(props, models), {
    "policy.json": `${canonicalJson(policy, 2)}\n`,
    "timetable.md": timetableMarkdown({ title, stages, notes }),
    ...(evidence.length > 0 && { "evidence.json": `${canonicalJson(evidence, 2)}\n` }),
  });
}

function rootRoute(props: ParsedRolloutProps, models: readonly ModelVersion[]): Manifest {
  return istioRoot(applicationMetadata(props), istioOf(props), rolloutMetadata(props, models).name);
}
