import type { Check } from "../core/checks/check";
import type { DeferredString } from "../core/deferred";
import type { Diagnostics } from "../core/findings/diagnostics";
import type { Manifest, ObjectMeta } from "../core/manifest";
import type { GatewayMetrics } from "./metrics";

/** What a router can do besides splitting requests by weight, and how a message says it. */
export const ROUTER_CAPABILITIES = {
  mirror: "copy requests to another version",
  preview: "route a host of its own to one version",
  "cookie-assignment": "pin users to a version by a cookie",
  "header-assignment": "pin users to a version by a header that callers send",
  "hash-assignment": "pin users to a version by a hash of their id",
} as const;
export type RouterCapability = keyof typeof ROUTER_CAPABILITIES;

/** A track's Service and its share of the traffic, in whole percent. */
export interface SplitShare {
  readonly service: string;
  readonly weight: number;
}

/** A Service that gets copies of some requests; its responses are dropped. */
export interface Mirror {
  readonly service: string;
  /** Whole percentage of the requests, more than 0. */
  readonly percent: number;
}

/** Users in buckets, each bucket pinned to one Service. */
export interface StickyAssignment {
  /** The Service of each bucket. */
  readonly owners: readonly string[];
  /** Header in which a caller sends the user's bucket. */
  readonly header: string;
  /** Cookie that keeps a user's bucket. Without it only callers that send buckets are pinned. */
  readonly cookie?: { readonly name: string; readonly maxAgeSeconds: number };
}

/** Where the requests of a rollout go. */
export interface SplitSpec {
  readonly shares: readonly SplitShare[];
  readonly mirror?: Mirror;
  /** Divides users instead of requests; it takes precedence over the shares. */
  readonly sticky?: StickyAssignment;
  /** Port of the Services. */
  readonly port: number;
}

/** How the requests to one track are balanced over its pods. */
export interface DestinationSpec {
  readonly service: string;
  /** Seconds over which the share of a new pod rises; 0 for its full share at once. */
  readonly slowStartSeconds: number;
}

/** A separate route to one track, whatever the split is. */
export interface PreviewSpec {
  readonly hosts: readonly DeferredString[];
  /** By default those of the rollout. */
  readonly gateways?: readonly DeferredString[] | undefined;
  readonly service: string;
  readonly port: number;
}

/** How a gateway computes the bucket of a user. */
export interface UserHashing {
  /** Header that names the user. */
  readonly userHeader: string;
  /** Header that the bucket is written to. */
  readonly bucketHeader: string;
  readonly salt: string;
  readonly buckets: number;
  /** Labels of the gateway's pods, in the namespace of the object. */
  readonly gateway: Readonly<Record<string, string>>;
}

/**
 * What routes the traffic of a rollout. Constructs know a router only by this interface, and only the router
 * understands its settings. All of it is pure.
 */
export interface Router<Settings> {
  /** Name in messages, such as `Istio`. */
  readonly title: string;
  /** What a program writes in `routing`, as a message shows it. */
  readonly example: string;
  /** Reads the router's member of `routing`. */
  readonly parse: Check<Settings>;
  readonly capabilities: readonly RouterCapability[];
  /** Where the pods of its gateway run, unless the props say otherwise. */
  readonly gateway: { readonly namespace: string; readonly podLabels: Readonly<Record<string, string>> };
  /** Metrics that count the requests to each track as callers see them; missing if its gateway has none. */
  readonly metrics?: GatewayMetrics;
  /** The field of a split that a rollout controller owns. No override may write it. */
  readonly weightsPath: string;
  /** Checks the rules across the settings. */
  check(settings: Settings, path: string, diagnostics: Diagnostics): void;
  /** Hosts that callers use. */
  hosts(settings: Settings): readonly DeferredString[];
  /** The route that callers reach; it leads to the split of that name. */
  root(metadata: ObjectMeta, split: string, settings: Settings): Manifest;
  /** The object that holds the weights and nothing else. */
  split(metadata: ObjectMeta, spec: SplitSpec, settings: Settings): Manifest;
  /** How the requests to one track are balanced over its pods; undefined where the router has no such object. */
  destination(metadata: ObjectMeta, destination: DestinationSpec, settings: Settings): Manifest | undefined;
  /** A separate route to one track. */
  preview(metadata: ObjectMeta, preview: PreviewSpec, settings: Settings): Manifest;
  /** Objects besides routes, by kind of role, such as the filter that hashes users. */
  extraObjects(
    metadata: ObjectMeta,
    needs: { readonly hashing?: UserHashing | undefined },
    settings: Settings,
  ): Readonly<Record<string, Manifest>>;
}
