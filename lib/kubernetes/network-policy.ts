import type { Manifest, ObjectMeta } from "../core/manifest";

type Labels = Readonly<Record<string, string>>;

/** Allows ingress from the pods of some namespaces to some ports, and no other ingress. Egress is not limited. */
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

/** Allows ingress from some pods of the same namespace to a port of others, in addition to other policies. */
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
