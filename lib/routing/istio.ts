import type { DeferredString } from "../core/deferred";
import type { Manifest, ObjectMeta } from "../core/manifest";
import { assignmentVirtualService, type Assignment } from "../kubernetes/assignment-virtual-service";
import { destinationRule, type OutlierDetection } from "../kubernetes/destination-rule";
import { directVirtualService, rootVirtualService, splitVirtualService } from "../kubernetes/virtual-service";

/** A track's Service and its share of the traffic, in whole percents. */
export interface SplitShare {
  readonly service: string;
  readonly weight: number;
}

/** The field of a split that a rollout controller owns: the list is atomic, so it is owned whole. */
export const SPLIT_WEIGHTS_PATH = "spec.http";

/** The object that holds the weights and nothing else. */
export function istioSplit(metadata: ObjectMeta, shares: readonly SplitShare[], port: number): Manifest {
  return splitVirtualService(
    metadata,
    shares.map(({ service, weight }) => ({ host: service, port, weight })),
  );
}

/** All to one track, and copies of a share of it to another. */
export function istioMirror(
  metadata: ObjectMeta,
  live: string,
  shadow: { readonly service: string; readonly percent: number },
  port: number,
): Manifest {
  const to = [{ host: live, port, weight: 100 }];
  if (shadow.percent === 0) return splitVirtualService(metadata, to);
  return splitVirtualService(metadata, to, { host: shadow.service, port, percent: shadow.percent });
}

/** A split that holds each user to one track. */
export function istioAssignment(metadata: ObjectMeta, assignment: Assignment): Manifest {
  return assignmentVirtualService(metadata, assignment);
}

/** The route that callers reach; it points to the split. */
export function istioRoot(
  metadata: ObjectMeta,
  route: { readonly hosts: readonly DeferredString[]; readonly gateways: readonly DeferredString[] },
  split: string,
): Manifest {
  return rootVirtualService(metadata, { ...route, delegate: split });
}

/** How the traffic of one track treats its pods. */
export function istioDestination(metadata: ObjectMeta, service: string, outliers: OutlierDetection): Manifest {
  return destinationRule(metadata, service, outliers);
}

/** A route of its own to one track, for who wants to try it before users meet it. */
export function istioPreview(
  metadata: ObjectMeta,
  route: { readonly hosts: readonly DeferredString[]; readonly gateways: readonly DeferredString[] },
  to: { readonly service: string; readonly port: number },
): Manifest {
  return directVirtualService(metadata, { ...route, host: to.service, port: to.port });
}
