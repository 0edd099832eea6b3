import { shortHash } from "../../core/hash";
import { CONTRACT } from "../../core/contract";
import { isDeferred, type DeferredString } from "../../core/deferred";
import type { ObjectMeta } from "../../core/manifest";
import type { PlannedObject, Track } from "../../core/plan";
import { joinName, versionSlug } from "../../core/values/name";
import { configMap } from "../../kubernetes/config-map";
import { deployment } from "../../kubernetes/deployment";
import { selectorLabels, trackLabels } from "../../kubernetes/labels";
import { networkPolicy } from "../../kubernetes/network-policy";
import { podDisruptionBudget } from "../../kubernetes/pod-disruption-budget";
import { prometheusRule } from "../../kubernetes/prometheus-rule";
import { service } from "../../kubernetes/service";
import { serviceAccount } from "../../kubernetes/service-account";
import { serviceMonitor } from "../../kubernetes/service-monitor";
import type { Objectives } from "../../monitoring/objectives";
import type { Series } from "../../monitoring/promql";
import { trackRules } from "../../monitoring/track-alerts";
import { GRPC_PORT, HTTP_PORT, onnxContainer, onnxVolumes } from "../../runtimes/onnx/container";
import { CONFIG_KEY, serverConfig } from "../../runtimes/onnx/server-config";
import { autoscalerManifest } from "./autoscaler";
import type { Autoscaling, ModelVersion, Monitoring, Network, Serving } from "./schema";

/** What the tracks of one construct share. */
export interface TrackSettings {
  /** Name of the construct, of the model, and the start of every object's name. */
  readonly name: string;
  readonly namespace: DeferredString | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly objectives: Objectives;
  readonly autoscaling: Autoscaling;
  readonly serving: Serving;
  readonly monitoring: Monitoring;
  readonly network: Network;
}

/** Port of a track's Service. */
export const SERVICE_PORT = 80;

/** Names and roles of what serves one version: made from the version alone, so that a promotion changes none of them. */
export function trackOf(name: string, model: ModelVersion): Track {
  const slug = versionSlug(model.version);
  const trackName = joinName(name, slug);
  return {
    name: trackName,
    version: model.version,
    ...(model.sha256 !== undefined && { sha256: model.sha256 }),
    selector: selectorLabels(trackName),
    deploymentRole: `${slug}-deployment`,
    configRole: `${slug}-config`,
  };
}

/** Everything that serves, scales, guards and watches one version, by role. */
export function trackObjects(model: ModelVersion, settings: TrackSettings): Record<string, PlannedObject> {
  const { name, serving, monitoring, network, autoscaling } = settings;
  const track = trackOf(name, model);
  const { selector } = track;
  const metadata = trackMetadata(track, settings);
  const config = {
    [CONFIG_KEY]: serverConfig({
      latencyObjectiveSeconds: settings.objectives.latencyP95Seconds,
      maxBatchSize: serving.maxBatchSize,
      grpc: serving.grpc,
      predictPath: serving.predictPath,
      application: name,
      comparison: serving.comparison,
      modelStorage: serving.modelStorage,
    }),
  };
  const role = (kind: string) => `${versionSlug(model.version)}-${kind}`;
  const annotations = serving.serviceAccountAnnotations;
  const ports = [CONTRACT.ports.http, ...(serving.grpc ? [CONTRACT.ports.grpc] : [])];
  return {
    [role("service-account")]: withDependencies(
      serviceAccount(Object.keys(annotations).length > 0 ? { ...metadata, annotations } : metadata),
    ),
    [role("config")]: withDependencies(configMap(metadata, config)),
    [role("deployment")]: withDependencies(
      trackDeployment(model, track, settings, shortHash(config[CONFIG_KEY] as string, 12)),
      role("service-account"),
      role("config"),
    ),
    [role("service")]: withDependencies(
      service(metadata, selector, [
        { name: HTTP_PORT, port: SERVICE_PORT },
        ...(serving.grpc ? [{ name: GRPC_PORT, port: CONTRACT.ports.grpc, appProtocol: "grpc" }] : []),
      ]),
      role("deployment"),
    ),
    [role("autoscaler")]: withDependencies(autoscalerManifest(metadata, track.name, autoscaling), role("deployment")),
    [role("disruption-budget")]: withDependencies(podDisruptionBudget(metadata, selector)),
    [role("network-policy")]: withDependencies(networkPolicy(metadata, selector, admitted(network), ports)),
    ...(monitoring.enabled && monitoringObjects(role, model, track, settings)),
  };
}

/** Metadata of a track's objects: they share one name. */
function trackMetadata(track: Track, { name, namespace, labels }: TrackSettings): ObjectMeta {
  return { name: track.name, namespace, labels: { ...labels, ...trackLabels(name, track.name, track.version) } };
}

function trackDeployment(model: ModelVersion, track: Track, settings: TrackSettings, configHash: string) {
  const { name, labels, serving } = settings;
  const metadata = trackMetadata(track, settings);
  return deployment(metadata, {
    selector: track.selector,
    podLabels: { ...labels, ...trackLabels(name, track.name, model.version) },
    podAnnotations: {
      "prometheus.io/scrape": "true",
      "prometheus.io/port": String(CONTRACT.ports.http),
      "prometheus.io/path": CONTRACT.paths.metrics,
      // A container reads its settings once, at its start: other settings are other pods.
      "slipway.dev/config-hash": configHash,
    },
    serviceAccountName: track.name,
    container: onnxContainer({
      image: serving.image,
      model: { name, version: model.version, uri: model.uri, sha256: model.sha256 },
      grpc: serving.grpc,
      cpu: serving.cpu,
      cpuLimit: serving.cpuLimit,
      memory: serving.memory,
      env: serving.env,
      envFromSecrets: serving.envFromSecrets,
      drainSeconds: serving.drain,
      startupSeconds: serving.startupTimeout,
    }),
    volumes: onnxVolumes(track.name, serving.modelStorage),
    uid: CONTRACT.image.uid,
    gracePeriodSeconds: serving.drain + 30,
    progressDeadlineSeconds: startWithinSeconds(serving),
    ...(serving.imagePullSecrets.length > 0 && { imagePullSecrets: serving.imagePullSecrets }),
    ...(Object.keys(serving.nodeSelector).length > 0 && { nodeSelector: serving.nodeSelector }),
  });
}

function monitoringObjects(role: (kind: string) => string, model: ModelVersion, track: Track, settings: TrackSettings) {
  const { monitoring, objectives, autoscaling, serving } = settings;
  const metadata = trackMetadata(track, settings);
  const selected: ObjectMeta = { ...metadata, labels: { ...metadata.labels, ...monitoring.selectorLabels } };
  const series = seriesOf(settings, model.version);
  const presence = { replicas: autoscaling.minReplicas, withinSeconds: startWithinSeconds(serving) };
  return {
    [role("monitor")]: withDependencies(
      serviceMonitor(selected, {
        selector: track.selector,
        port: HTTP_PORT,
        path: CONTRACT.paths.metrics,
        intervalSeconds: monitoring.scrapeInterval,
      }),
    ),
    [role("alerts")]: withDependencies(prometheusRule(selected, trackRules(series, objectives, presence))),
  };
}

/** Time in which a replica is ready, or something is wrong: its own start, and a node or an image that is waited for. */
function startWithinSeconds({ startupTimeout }: Serving): number {
  return Math.max(600, startupTimeout + 60);
}

/** Whose series an expression is about. A namespace known only later cannot be written into a text. */
export function seriesOf({ name, namespace }: Pick<TrackSettings, "name" | "namespace">, version: string): Series {
  return { model: name, version, namespace: isDeferred(namespace) ? undefined : namespace };
}

function admitted({ gatewayNamespace, monitoringNamespace, allowFromNamespaces }: Network): string[] {
  return [...new Set([gatewayNamespace, monitoringNamespace, ...allowFromNamespaces])];
}

/** An object and the roles that must exist before it. */
export function withDependencies(manifest: PlannedObject["manifest"], ...dependsOn: string[]): PlannedObject {
  return { manifest, dependsOn };
}
