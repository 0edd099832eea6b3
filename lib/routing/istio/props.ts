import type { DeferredString } from "../../core/deferred";

/** Routing by Istio. */
export interface IstioRoutingProps {
  /** Hosts that callers use, such as `recommender.example.com`. */
  readonly hosts: DeferredString[];
  /** Gateways that accept the traffic, as `namespace/name`. */
  readonly gateways: DeferredString[];
  /**
   * Consecutive 5xx responses after which a pod is ejected from load balancing. A 429 does not count: to eject an
   * overloaded pod would overload the others.
   * @default 5
   */
  readonly consecutiveErrors?: number;
  /**
   * How long a failing pod is ejected the first time.
   * @default "30s"
   */
  readonly ejectionTime?: string;
}
