import { canonical } from "../../core/canonical";
import type { DeferredString } from "../../core/deferred";
import { CONTRACT } from "../../core/contract";

/** What the container of the bundled image is made from. */
export interface OnnxContainer {
  readonly image: DeferredString;
  readonly model: {
    readonly name: string;
    readonly version: string;
    readonly uri: DeferredString;
    readonly sha256?: string | undefined;
  };
  /** Whether it also answers over gRPC. */
  readonly grpc: boolean;
  readonly cpu: string;
  readonly cpuLimit?: string | undefined;
  readonly memory: string;
  readonly env: Readonly<Record<string, DeferredString>>;
  readonly envFromSecrets: readonly string[];
  readonly drainSeconds: number;
  readonly startupSeconds: number;
}

/** Name of the container's HTTP port. */
export const HTTP_PORT = "http";
/** Name of the container's gRPC port. */
export const GRPC_PORT = "grpc";

const STARTUP_PERIOD = 2;

/** The container that serves one model version with the bundled image. */
export function onnxContainer(options: OnnxContainer): Record<string, unknown> {
  const { image, grpc, cpu, cpuLimit, memory, envFromSecrets } = options;
  return {
    name: "server",
    image,
    ports: [
      { name: HTTP_PORT, containerPort: CONTRACT.ports.http, protocol: "TCP" },
      ...(grpc ? [{ name: GRPC_PORT, containerPort: CONTRACT.ports.grpc, protocol: "TCP" }] : []),
    ],
    env: environment(options),
    ...(envFromSecrets.length > 0 && { envFrom: envFromSecrets.map((name) => ({ secretRef: { name } })) }),
    resources: {
      requests: { cpu, memory },
      limits: { ...(cpuLimit !== undefined && { cpu: cpuLimit }), memory },
    },
    ...probes(options),
    // Routers learn of a leaving pod a moment after it was told to stop; until then it must go on serving.
    lifecycle: { preStop: { exec: { command: ["sleep", String(options.drainSeconds)] } } },
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
    volumeMounts: [
      { name: "config", mountPath: CONTRACT.mounts.config, readOnly: true },
      { name: "models", mountPath: CONTRACT.mounts.models },
      { name: "tmp", mountPath: CONTRACT.mounts.tmp },
    ],
  };
}

/** The volumes that the container mounts. */
export function onnxVolumes(configMapName: string, modelStorage: string): Record<string, unknown>[] {
  return [
    { name: "config", configMap: { name: configMapName } },
    { name: "models", emptyDir: { sizeLimit: modelStorage } },
    { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
  ];
}

function environment({ model, env }: OnnxContainer): { name: string; value: DeferredString }[] {
  const names = CONTRACT.env;
  const own: Record<string, DeferredString> = {
    [names.config]: CONTRACT.configFile,
    [names.modelName]: model.name,
    [names.modelVersion]: model.version,
    [names.modelUri]: model.uri,
    ...(model.sha256 !== undefined && { [names.modelSha256]: model.sha256 }),
  };
  // Sorted: the order in which variables are written down must not restart a pod.
  return Object.entries({ ...canonical(env), ...own }).map(([name, value]) => ({ name, value }));
}

function probes({ startupSeconds }: OnnxContainer): Record<string, unknown> {
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
