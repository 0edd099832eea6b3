import { isDeferred, type DeferredString } from "../../core/deferred";
import { shortHash } from "../../core/hash";
import type { Manifest, ObjectMeta } from "../../core/manifest";
import type { PlannedObject, Track } from "../../core/plan";
import { joinName, versionSlug } from "../../core/values/name";
import { configMap } from "../../kubernetes/config-map";
import { deployment } from "../../kubernetes/deployment";
import { selectorLabels, trackLabels } from "../../kubernetes/labels";
import { networkPolicy } from "../../kubernetes/network-policy";
import { podDisruptionBudget } from "../../kubernetes/pod-disruption-budget";
import { prometheusRule } from "../../kubernetes/prometheus-rule";
import { service, type ServicePort } from "../../kubernetes/service";
import { serviceAccount } from "../../kubernetes/service-account";
import { serviceMonitor } from "../../kubernetes/service-monitor";
import type { Series } from "../../monitoring/series";
import { trackRules } from "../../monitoring/track-alerts";
import type { GatewayMetrics } from "../../routing/metrics";
import type { ConfiguredRuntime } from "../../runtimes/registry";
import type { ServerSpec } from "../../runtimes/runtime";
import { autoscalerManifest } from "./autoscaler";
import { objectivesInBaseUnits } from "./guardrails";
import type { Autoscaling, ModelVersion, Monitoring, Network, Objectives, Serving } from "./schema";

/** What the tracks of one construct share. */
export interface TrackSettings {
  /** Name of the construct, of the model, and the start of every object's name. */
  readonly name: string;
  readonly namespace: DeferredString | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly objectives: Objectives | undefined;
  readonly autoscaling: Autoscaling;
  readonly serving: Serving;
  readonly server: ConfiguredRuntime;
  readonly monitoring: Monitoring;
  readonly network: Network;
  /** Where the pods of the gateway run, unless `network` says otherwise. */
  readonly gatewayNamespace: string;
  /** How that gateway counts requests; missing where no router is known. */
  readonly gatewayMetrics?: GatewayMetrics | undefined;
}

/** Port of a track's Service. */
export const SERVICE_PORT = 80;

/** Names and roles of what serves one version: made from the version alone, so that a promotion changes none of them. */
export function trackOf(name: string, model: ModelVersion): Track {
  const slug = versionSlug(model.version);
  const ownName = trackName(name, model.version);
  return {
    name: ownName,
    version: model.version,
    ...(model.sha256 !== undefined && { sha256: model.sha256 }),
    selector: selectorLabels(ownName),
    deploymentRole: `${slug}-deployment`,
    configRole: `${slug}-config`,
  };
}

/** Name of a track, and of its Service. */
function trackName(name: string, version: string): string {
  return joinName(name, versionSlug(version));
}

/** A model version to be served, with everything that its objects are made from. */
interface ServedTrack {
  readonly track: Track;
  readonly settings: TrackSettings;
  readonly spec: ServerSpec;
  /** Metadata of the track's objects: they share one name. */
  readonly metadata: ObjectMeta;
  role(kind: string): string;
}

/** Everything that serves, scales, guards and monitors one version, by role. */
export function trackObjects(model: ModelVersion, settings: TrackSettings): Record<string, PlannedObject> {
  const track = trackOf(settings.name, model);
  const served: ServedTrack = {
    track,
    settings,
    spec: serverSpec(model, settings),
    metadata: trackMetadata(track, settings),
    role: (kind) => `${versionSlug(model.version)}-${kind}`,
  };
  return { ...workload(served), ...guards(served), ...(settings.monitoring.enabled && monitors(served)) };
}

/** Metadata of the objects of one track. */
export function trackMetadata(
  track: Track,
  { name, namespace, labels }: Pick<TrackSettings, "name" | "namespace" | "labels">,
): ObjectMeta {
  return { name: track.name, namespace, labels: { ...labels, ...trackLabels(name, track.name, track.version) } };
}

function serverSpec({ version, uri, sha256, warmUp }: ModelVersion, settings: TrackSettings): ServerSpec {
  const { name, serving, objectives, server } = settings;
  const { drain, startupTimeout, grpc, image = server.runtime.image, ...rest } = serving;
  return {
    ...rest,
    application: name,
    model: { version, uri, sha256, warmUp },
    image,
    grpc: grpc && server.runtime.ports.grpc !== undefined,
    drainSeconds: drain,
    startupSeconds: startupTimeout,
    latencyObjectiveSeconds: objectives?.latencyP95,
  };
}

function workload(served: ServedTrack): Record<string, PlannedObject> {
  const { track, settings, spec, metadata, role } = served;
  const { runtime, settings: runtimeSettings } = settings.server;
  const files = runtime.settingsFiles(spec, runtimeSettings);
  const annotations = settings.serving.serviceAccountAnnotations;
  return {
    [role("service-account")]: withDependencies(
      serviceAccount(Object.keys(annotations).length > 0 ? { ...metadata, annotations } : metadata),
    ),
    [role("config")]: withDependencies(configMap(metadata, files)),
    [role("deployment")]: withDependencies(trackDeployment(served, files), role("service-account"), role("config")),
    [role("service")]: withDependencies(service(metadata, track.selector, servicePorts(served)), role("deployment")),
    [role("autoscaler")]: withDependencies(
      autoscalerManifest(metadata, track.name, settings.autoscaling, runtime.metrics.requestsPerSecond),
      role("deployment"),
    ),
  };
}

function servicePorts({ settings, spec }: ServedTrack): ServicePort[] {
  const { http, grpc } = settings.server.runtime.ports;
  return [
    { name: http.name, port: SERVICE_PORT },
    ...(spec.grpc && grpc !== undefined ? [{ ...grpc, appProtocol: "grpc" }] : []),
  ];
}

function trackDeployment(served: ServedTrack, files: Readonly<Record<string, string>>): Manifest {
  const { track, settings, spec, metadata } = served;
  const { serving, server } = settings;
  const { runtime } = server;
  return deployment(metadata, {
    selector: track.selector,
    podLabels: { ...metadata.labels },
    podAnnotations: {
      "prometheus.io/scrape": "true",
      "prometheus.io/port": String(runtime.ports.http.port),
      "prometheus.io/path": runtime.paths.metrics,
      // A server reads its settings once, at its start: other settings need new pods.
      "slipway.dev/config-hash": shortHash(Object.values(files).join("\0"), 12),
    },
    serviceAccountName: track.name,
    container: runtime.container(spec, server.settings),
    volumes: runtime.volumes(track.name, spec, server.settings),
    uid: runtime.userId,
    gracePeriodSeconds: serving.drain + 30,
    progressDeadlineSeconds: readyWithinSeconds(serving),
    ...(serving.imagePullSecrets.length > 0 && { imagePullSecrets: serving.imagePullSecrets }),
    ...(Object.keys(serving.nodeSelector).length > 0 && { nodeSelector: serving.nodeSelector }),
  });
}

function guards({ track, settings, spec, metadata, role }: ServedTrack): Record<string, PlannedObject> {
  const { http, grpc } = settings.server.runtime.ports;
  const ports = [http.port, ...(spec.grpc && grpc !== undefined ? [grpc.port] : [])];
  return {
    [role("disruption-budget")]: withDependencies(podDisruptionBudget(metadata, track.selector)),
    [role("network-policy")]: withDependencies(
      networkPolicy(metadata, track.selector, admittedNamespaces(settings), ports),
    ),
  };
}

function admittedNamespaces({ network, gatewayNamespace }: TrackSettings): string[] {
  const { monitoringNamespace, allowFromNamespaces } = network;
  return [...new Set([network.gatewayNamespace ?? gatewayNamespace, monitoringNamespace, ...allowFromNamespaces])];
}

function monitors({ track, settings, metadata, role }: ServedTrack): Record<string, PlannedObject> {
  const { monitoring, objectives, autoscaling, serving, server } = settings;
  const selected: ObjectMeta = { ...metadata, labels: { ...metadata.labels, ...monitoring.selectorLabels } };
  const presence = { replicas: autoscaling.minReplicas, withinSeconds: readyWithinSeconds(serving) };
  const rules = trackRules(seriesOf(settings, track.version), objectivesInBaseUnits(objectives), presence);
  return {
    [role("monitor")]: withDependencies(
      serviceMonitor(selected, {
        selector: track.selector,
        port: server.runtime.ports.http.name,
        path: server.runtime.paths.metrics,
        intervalSeconds: monitoring.scrapeInterval,
      }),
    ),
    [role("alerts")]: withDependencies(prometheusRule(selected, rules)),
  };
}

/** Time after which a replica that is not ready is a problem: its own start, plus the wait for a node or an image. */
function readyWithinSeconds({ startupTimeout }: Serving): number {
  return Math.max(600, startupTimeout + 60);
}

/** The series of one version. A namespace that is known only at deploy time cannot be part of an expression. */
export function seriesOf(
  { name, namespace, server, gatewayMetrics }: Pick<TrackSettings, "name" | "namespace" | "server" | "gatewayMetrics">,
  version: string,
): Series {
  return {
    model: name,
    version,
    namespace: isDeferred(namespace) ? undefined : namespace,
    metrics: server.runtime.metrics,
    ...(gatewayMetrics && { gateway: { service: trackName(name, version), metrics: gatewayMetrics } }),
  };
}

/** An object and the roles that must exist before it. */
export function withDependencies(manifest: PlannedObject["manifest"], ...dependsOn: string[]): PlannedObject {
  return { manifest, dependsOn };
}
