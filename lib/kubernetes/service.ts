import type { Manifest, ObjectMeta } from "../core/manifest";

/** A port of a Service; its target is the port of the same name of the container. */
export interface ServicePort {
  readonly name: string;
  readonly port: number;
  /** The application protocol, where not every mesh infers it from the name. */
  readonly appProtocol?: string;
}

type Labels = Readonly<Record<string, string>>;

/** A Service inside the cluster; HTTP ports are named so that a mesh knows their protocol. */
export function service(metadata: ObjectMeta, selector: Labels, ports: readonly ServicePort[]): Manifest {
  return serviceWith({ type: "ClusterIP" }, metadata, selector, ports);
}

/** A headless Service: its name resolves to the addresses of the ready pods. */
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
