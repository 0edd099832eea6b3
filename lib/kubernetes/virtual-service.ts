import type { DeferredString } from "../core/deferred";
import type { Manifest, ObjectMeta } from "../core/manifest";

const API_VERSION = "networking.istio.io/v1";

/** A destination and its share. */
export interface WeightedDestination {
  readonly host: string;
  readonly port: number;
  /** Whole percentages. */
  readonly weight: number;
}

/** The route that callers reach: hosts and gateways, and one delegate that holds the weights. */
export function rootVirtualService(
  metadata: ObjectMeta,
  root: {
    readonly hosts: readonly DeferredString[];
    readonly gateways: readonly DeferredString[];
    readonly delegate: string;
  },
): Manifest {
  const { hosts, gateways, delegate } = root;
  return {
    apiVersion: API_VERSION,
    kind: "VirtualService",
    metadata,
    spec: { hosts, gateways, http: [{ name: "split", delegate: { name: delegate } }] },
  };
}

/** A route from hosts to one destination. */
export function directVirtualService(
  metadata: ObjectMeta,
  direct: {
    readonly hosts: readonly DeferredString[];
    readonly gateways: readonly DeferredString[];
    readonly host: string;
    readonly port: number;
  },
): Manifest {
  const { hosts, gateways, host, port } = direct;
  const route = [{ destination: { host, port: { number: port } } }];
  return {
    apiVersion: API_VERSION,
    kind: "VirtualService",
    metadata,
    spec: { hosts, gateways, http: [{ name: "direct", route }] },
  };
}

/** A destination that gets copies of requests; its responses are dropped. */
export interface MirrorDestination {
  readonly host: string;
  readonly port: number;
  /** Whole percentage of the requests. */
  readonly percent: number;
}

/** A delegate that holds nothing but weighted routes and mirrors, so that the owner of the weights can own the whole list. */
export function splitVirtualService(
  metadata: ObjectMeta,
  destinations: readonly WeightedDestination[],
  mirror?: MirrorDestination,
): Manifest {
  const route = destinations.map(({ host, port, weight }) => ({
    destination: { host, port: { number: port } },
    weight,
  }));
  const copies = mirror && {
    mirror: { host: mirror.host, port: { number: mirror.port } },
    mirrorPercentage: { value: mirror.percent },
  };
  return {
    apiVersion: API_VERSION,
    kind: "VirtualService",
    metadata,
    spec: { http: [{ name: "weights", route, ...copies }] },
  };
}
