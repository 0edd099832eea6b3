import type { Manifest, ObjectMeta } from "../core/manifest";

/** A port of a Service, and the container's port of the same name that it leads to. */
export interface ServicePort {
  readonly name: string;
  readonly port: number;
  /** What is spoken there, where the name alone does not say it to everyone. */
  readonly appProtocol?: string;
}

type Labels = Readonly<Record<string, string>>;

/** A Service inside the cluster; HTTP ports are named so that a mesh knows their protocol. */
export function service(metadata: ObjectMeta, selector: Labels, ports: readonly ServicePort[]): Manifest {
  return serviceWith({ type: "ClusterIP" }, metadata, selector, ports);
}

/** A name for the pods one by one: every address is a ready pod's own. */
export function headlessService(metadata: ObjectMeta, selector: Labels, port: ServicePort): Manifest {
  return serviceWith({ clusterIP: "None" }, metadata, selector, [port]);
}

function serviceWith(
  address: Readonly<Record<string, string>>,
  metadata: ObjectMeta,
  selector: Labels,
  ports: readonly ServicePort[],
): Manifest {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata,
    spec: {
      ...address,
      selector,
      ports: ports.map((port) => ({ ...port, targetPort: port.name, protocol: "TCP" })),
    },
  };
}
