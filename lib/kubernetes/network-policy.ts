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
