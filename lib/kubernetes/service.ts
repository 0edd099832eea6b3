import type { Manifest, ObjectMeta } from "../core/manifest";

/** A port of a Service, and the container's port of the same name that it leads to. */
export interface ServicePort {
  readonly name: string;
  readonly port: number;
  /** What is spoken there, where the name alone does not say it to everyone. */
  readonly appProtocol?: string;
}

/** A Service inside the cluster; HTTP ports are named so that a mesh knows their protocol. */
export function service(
  metadata: ObjectMeta,
  selector: Readonly<Record<string, string>>,
  ports: readonly ServicePort[],
): Manifest {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata,
    spec: {
      type: "ClusterIP",
      selector,
      ports: ports.map((port) => ({ ...port, targetPort: port.name, protocol: "TCP" })),
    },
  };
}

/** A name for the pods one by one: every address is a ready pod's own. */
export function headlessService(
  metadata: ObjectMeta,
  selector: Readonly<Record<string, string>>,
  port: ServicePort,
): Manifest {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata,
    spec: {
      clusterIP: "None",
      selector,
      ports: [{ ...port, targetPort: port.name, protocol: "TCP" }],
    },
  };
}
