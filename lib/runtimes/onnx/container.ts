import { canonical } from "../../core/canonical";
import { CONTRACT } from "../../core/contract";
import type { DeferredString } from "../../core/deferred";
import type { ServerSpec } from "../runtime";
import { metricRules } from "./metric-rules";

/** Name of the container's HTTP port. */
export const HTTP_PORT = "http";
/** Name of the container's gRPC port. */
export const GRPC_PORT = "grpc";

const STARTUP_PERIOD = 2;

/** The container that serves one model version with the bundled image. */
export function onnxContainer(spec: ServerSpec): Record<string, unknown> {
  const { image, grpc, cpu, cpuLimit, memory, envFromSecrets } = spec;
  return {
    name: "server",
    image,
    ports: [
      { name: HTTP_PORT, containerPort: CONTRACT.ports.http, protocol: "TCP" },
      ...(grpc ? [{ name: GRPC_PORT, containerPort: CONTRACT.ports.grpc, protocol: "TCP" }] : []),
    ],
    env: environment(spec),
    ...(envFromSecrets.length > 0 && { envFrom: envFromSecrets.map((name) => ({ secretRef: { name } })) }),
    resources: {
      requests: { cpu, memory },
      limits: { ...(cpuLimit !== undefined && { cpu: cpuLimit }), memory },
    },
    ...probes(spec),
    // Routers learn of a terminating pod shortly after its SIGTERM; until then it must keep serving.
    lifecycle: { preStop: { exec: { command: ["sleep", String(spec.drainSeconds)] } } },
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
    volumeMounts: [
      { name: "config", mountPath: CONTRACT.mounts.config, readOnly: true },
      { name: "feedback", mountPath: CONTRACT.mounts.feedback, readOnly: true },
      { name: "models", mountPath: CONTRACT.mounts.models },
      { name: "tmp", mountPath: CONTRACT.mounts.tmp },
    ],
  };
}

/** The volumes that the container mounts. */
export function onnxVolumes(configMap: string, { application, modelStorage }: ServerSpec): Record<string, unknown>[] {
  return [
    { name: "config", configMap: { name: configMap } },
    // It belongs to a rollout and not to a version: it may appear, change and disappear, and no pod restarts.
    { name: "feedback", configMap: { name: metricRules.configMapName(application), optional: true } },
    { name: "models", emptyDir: { sizeLimit: modelStorage } },
    { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
  ];
}

function environment({ application, model, env }: ServerSpec): { name: string; value: DeferredString }[] {
  const names = CONTRACT.env;
  const own: Record<string, DeferredString> = {
    [names.config]: CONTRACT.configFile,
    [names.feedbackMetricsFile]: CONTRACT.feedbackMetricsFile,
    [names.modelName]: application,
    [names.modelVersion]: model.version,
    [names.modelUri]: model.uri,
    ...(model.sha256 !== undefined && { [names.modelSha256]: model.sha256 }),
    ...(model.warmUp?.samples !== undefined && { [names.modelWarmUpSamples]: model.warmUp.samples }),
  };
  // Sorted: the order in which a program writes variables must not restart a pod.
  return Object.entries({ ...canonical(env), ...own }).map(([name, value]) => ({ name, value }));
}

function probes({ startupSeconds }: ServerSpec): Record<string, unknown> {
  const get = (path: string) => ({ httpGet: { path, port: HTTP_PORT, scheme: "HTTP" }, timeoutSeconds: 2 });
  const { live, ready } = CONTRACT.paths;
  return {
    startupProbe: {
      ...get(ready),
      periodSeconds: STARTUP_PERIOD,
      failureThreshold: Math.ceil(startupSeconds / STARTUP_PERIOD),
    },
    livenessProbe: { ...get(live), periodSeconds: 10, failureThreshold: 3 },
    readinessProbe: { ...get(ready), periodSeconds: 3, failureThreshold: 2 },
  };
}
