import type { Manifest, ObjectMeta } from "../core/manifest";

/** Admits the pods of some namespaces to some ports, and nobody else to any. What the pods may call is not limited. */
export function networkPolicy(
  metadata: ObjectMeta,
  selector: Readonly<Record<string, string>>,
  namespaces: readonly string[],
  ports: readonly number[],
): Manifest {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata,
    spec: {
      podSelector: { matchLabels: selector },
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: namespaces.map((name) => ({
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
          })),
          ports: ports.map((port) => ({ port, protocol: "TCP" })),
        },
      ],
    },
  };
}

/** Admits some pods of the same namespace to a port of others, beside what other policies admit. */
export function podNetworkPolicy(
  metadata: ObjectMeta,
  selector: Readonly<Record<string, string>>,
  admitted: Readonly<Record<string, string>>,
  port: number,
): Manifest {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata,
    spec: {
      podSelector: { matchLabels: selector },
      policyTypes: ["Ingress"],
      ingress: [{ from: [{ podSelector: { matchLabels: admitted } }], ports: [{ port, protocol: "TCP" }] }],
    },
  };
}
