import { assignmentVirtualService } from "../../kubernetes/assignment-virtual-service";
import { bucketEnvoyFilter } from "../../kubernetes/bucket-envoy-filter";
import { destinationRule } from "../../kubernetes/destination-rule";
import { directVirtualService, rootVirtualService, splitVirtualService } from "../../kubernetes/virtual-service";
import type { Manifest, ObjectMeta } from "../../core/manifest";
import type { Router, SplitSpec } from "../router";
import { istioMetrics } from "./metrics";
import { parseIstio, type IstioSettings } from "./schema";

/** Weights in a delegate VirtualService, outlier detection in a DestinationRule for each track. */
export const istio: Router<IstioSettings> = {
  title: "Istio",
  example: "istio: { hosts, gateways }",
  parse: parseIstio,
  capabilities: ["mirror", "preview", "cookie-assignment", "header-assignment", "hash-assignment"],
  gateway: { namespace: "istio-ingress", podLabels: { istio: "ingressgateway" } },
  metrics: istioMetrics,
  // The list is atomic, so it is owned as a whole.
  weightsPath: "spec.http",
  check(settings, path, diagnostics) {
    for (const key of ["hosts", "gateways"] as const) {
      if (settings[key].length > 0) continue;
      diagnostics.error("SLW209", `${path}.${key}`, {
        message: "it is empty, so no traffic would reach the rollout.",
        fix: `Name at least one of the ${key}.`,
      });
    }
  },
  hosts: ({ hosts }) => hosts,
  root: (metadata, split, { hosts, gateways }) => rootVirtualService(metadata, { hosts, gateways, delegate: split }),
  split: splitOrAssignment,
  destination: (metadata, { service, slowStartSeconds }, { consecutiveErrors, ejectionTime }) =>
    destinationRule(metadata, service, { consecutiveErrors, ejectionSeconds: ejectionTime, slowStartSeconds }),
  preview: (metadata, { hosts, gateways, service, port }, settings) =>
    directVirtualService(metadata, { hosts, gateways: gateways ?? settings.gateways, host: service, port }),
  extraObjects(metadata, { hashing }): Readonly<Record<string, Manifest>> {
    return hashing === undefined ? {} : { buckets: bucketEnvoyFilter(metadata, hashing) };
  },
};

function splitOrAssignment(metadata: ObjectMeta, { shares, mirror, sticky, port }: SplitSpec): Manifest {
  if (sticky !== undefined) {
    return assignmentVirtualService(metadata, { services: shares.map(({ service }) => service), ...sticky, port });
  }
  const destinations = shares.map(({ service, weight }) => ({ host: service, port, weight }));
  return splitVirtualService(metadata, destinations, mirror && { host: mirror.service, port, percent: mirror.percent });
}
