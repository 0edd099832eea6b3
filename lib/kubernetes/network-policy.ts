import type { Manifest, ObjectMeta } from "../core/manifest";

type Labels = Readonly<Record<string, string>>;

/** Admits the pods of some namespaces to some ports, and nobody else to any. What the pods may call is not limited. */
export function networkPolicy(
  metadata: ObjectMeta,
  selector: Labels,
  namespaces: readonly string[],
  ports: readonly number[],
): Manifest {
  const from = namespaces.map((name) => ({
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
  }));
  return ingressPolicy(metadata, selector, from, ports);
}

/** Admits some pods of the same namespace to a port of others, beside what other policies admit. */
export function podNetworkPolicy(metadata: ObjectMeta, selector: Labels, admitted: Labels, port: number): Manifest {
  return ingressPolicy(metadata, selector, [{ podSelector: { matchLabels: admitted } }], [port]);
}

function ingressPolicy(
  metadata: ObjectMeta,
  selector: Labels,
  from: readonly object[],
  ports: readonly number[],
): Manifest {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata,
    spec: {
      podSelector: { matchLabels: selector },
      policyTypes: ["Ingress"],
      ingress: [{ from, ports: ports.map((port) => ({ port, protocol: "TCP" })) }],
    },
  };
}
