import type { IstioRoutingProps } from "./istio/props";

export type * from "./istio/props";

/** What routes the traffic: exactly one member. */
export interface RoutingProps {
  /**
   * Istio VirtualServices and DestinationRules.
   * @default - another member is set
   */
  readonly istio?: IstioRoutingProps;
}
