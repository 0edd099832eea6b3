import { posix } from "node:path";
import type { Plan, Track } from "../../../core/plan";

/** An HTTP probe of a container, in real time. */
interface Probe {
  readonly path: string;
  readonly timeoutSeconds: number;
  /** How long it may keep failing before it counts as failed. */
  readonly budgetSeconds: number;
}

/** The container of a track as the plan declares it, as far as a process on this machine can follow it. */
export interface Container {
  readonly track: Track;
  readonly env: Readonly<Record<string, string>>;
  /** Arguments to the image's entrypoint. */
  readonly args: readonly string[];
  readonly mounts: readonly Mount[];
  readonly startup: Probe;
  readonly readiness: Probe;
  /** What only a cluster can provide, described for a note in the report. */
  readonly missing: readonly string[];
}

/** A mounted folder of the container, and the files in it at the start. */
interface Mount {
  readonly name: string;
  readonly path: string;
  readonly files: Readonly<Record<string, string>>;
}

interface DeploymentSpec {
  readonly template: { readonly spec: { readonly containers: readonly ContainerSpec[]; readonly volumes?: Volume[] } };
}

interface Volume {
  readonly name: string;
  readonly configMap?: { readonly name: string };
}

interface ContainerSpec {
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: unknown; readonly valueFrom?: unknown }[];
  readonly envFrom?: readonly unknown[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly startupProbe?: ProbeSpec;
  readonly readinessProbe?: ProbeSpec;
}

interface ProbeSpec {
  readonly httpGet?: { readonly path?: string };
  readonly timeoutSeconds?: number;
  readonly periodSeconds?: number;
  readonly failureThreshold?: number;
}

/** Reads the container of a track from its Deployment, and its files from the ConfigMaps it mounts. */
export function readContainer(plan: Plan, track: Track): Container {
  const { containers, volumes = [] } = specOf<DeploymentSpec>(plan, track.deploymentRole).template.spec;
  const spec = containers[0] as ContainerSpec;
  const readiness = readProbe(spec.readinessProbe);
  return {
    track,
    ...readEnvironment(spec),
    args: spec.args ?? [],
    mounts: (spec.volumeMounts ?? []).map(({ name, mountPath }) => {
      const volume = volumes.find((each) => each.name === name);
      return { name, path: mountPath, files: filesOf(plan, volume?.configMap?.name) };
    }),
    startup: spec.startupProbe ? readProbe(spec.startupProbe) : readiness,
    readiness,
  };
}

/** The container with other text in its files. */
export function withFiles(container: Container, textOf: (path: string, text: string) => string): Container {
  const mounts = container.mounts.map((mount) => ({
    ...mount,
    files: Object.fromEntries(
      Object.entries(mount.files).map(([name, text]) => [name, textOf(posix.join(mount.path, name), text)]),
    ),
  }));
  return { ...container, mounts };
}

/** Replicas that the autoscaler of a track keeps at least. */
export function minReplicasOf(plan: Plan, track: Track): number {
  for (const { manifest } of Object.values(plan.objects)) {
    if (manifest.kind !== "HorizontalPodAutoscaler") continue;
    const spec = manifest.spec as { scaleTargetRef?: { name?: string }; minReplicas?: number };
    if (spec.scaleTargetRef?.name === track.name) return spec.minReplicas ?? 1;
  }
  return 1;
}

function specOf<Spec>(plan: Plan, role: string): Spec {
  return plan.objects[role]?.manifest.spec as unknown as Spec;
}

function readEnvironment({ env = [], envFrom = [] }: ContainerSpec): Pick<Container, "env" | "missing"> {
  const plain = env.filter((each): each is { name: string; value: string } => typeof each.value === "string");
  const deferred = env.filter((each) => typeof each.value !== "string").map(({ name }) => name);
  return {
    env: Object.fromEntries(plain.map(({ name, value }) => [name, value])),
    missing: [
      ...deferred.map((name) => `the value of ${name}, known only in the cluster`),
      ...(envFrom.length > 0 ? ["the environment from Secrets"] : []),
    ],
  };
}

function filesOf(plan: Plan, configMap: string | undefined): Record<string, string> {
  if (configMap === undefined) return {};
  const object = Object.values(plan.objects).find(
    ({ manifest }) => manifest.kind === "ConfigMap" && manifest.metadata.name === configMap,
  );
  return (object?.manifest["data"] ?? {}) as Record<string, string>;
}

/** The defaults are those of Kubernetes. */
function readProbe(spec: ProbeSpec | undefined): Probe {
  const { httpGet, timeoutSeconds = 1, periodSeconds = 10, failureThreshold = 3 } = spec ?? {};
  return { path: httpGet?.path ?? "/", timeoutSeconds, budgetSeconds: periodSeconds * failureThreshold };
}
