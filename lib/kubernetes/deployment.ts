import type { Manifest, ObjectMeta } from "../core/manifest";

/** A pod template and how it is rolled out. */
export interface DeploymentOptions {
  readonly selector: Readonly<Record<string, string>>;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly podAnnotations: Readonly<Record<string, string>>;
  readonly serviceAccountName: string;
  readonly container: Readonly<Record<string, unknown>>;
  readonly volumes: readonly Readonly<Record<string, unknown>>[];
  readonly uid: number;
  readonly gracePeriodSeconds: number;
  readonly progressDeadlineSeconds: number;
  readonly imagePullSecrets?: readonly string[];
  readonly nodeSelector?: Readonly<Record<string, string>>;
}

/**
 * A Deployment under the restricted Pod Security Standard, spread over zones and nodes, that never has fewer ready pods
 * during a change than before. It has no `replicas`, because the autoscaler owns them.
 */
export function deployment(metadata: ObjectMeta, options: DeploymentOptions): Manifest {
  const { selector, podLabels, podAnnotations, progressDeadlineSeconds } = options;
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata,
    spec: {
      progressDeadlineSeconds,
      selector: { matchLabels: selector },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: 0 } },
      template: { metadata: { labels: podLabels, annotations: podAnnotations }, spec: podSpec(options) },
    },
  };
}

function podSpec(options: DeploymentOptions): Record<string, unknown> {
  const { selector, serviceAccountName, container, volumes, uid, gracePeriodSeconds, imagePullSecrets, nodeSelector } =
    options;
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    serviceAccountName,
    terminationGracePeriodSeconds: gracePeriodSeconds,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: uid,
      runAsGroup: uid,
      fsGroup: uid,
      seccompProfile: { type: "RuntimeDefault" },
    },
    ...(imagePullSecrets && { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
    ...(nodeSelector && { nodeSelector }),
    topologySpreadConstraints: ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
      maxSkew: 1,
      topologyKey,
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: { matchLabels: selector },
    })),
    containers: [container],
    volumes,
  };
}
