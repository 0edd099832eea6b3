import type { Plan, Track } from "../../core/plan";
import { gatewayFailures, gatewayRequests } from "../../monitoring/gateway";
import { routerOfPlan } from "../../routing/registry";
import { runtimeOfPlan } from "../../runtimes/registry";
import { namespaceOf } from "../common/namespace";

/** What the gateway counted for one track within a window, as PromQL. */
export interface GatewayExpressions {
  readonly requests: string;
  readonly failed: string;
}

/** Undefined if the router of the plan counts no requests. */
export function gatewayExpressions(
  plan: Plan,
  { name: service, version }: Track,
  window: string,
): GatewayExpressions | undefined {
  const metrics = routerOfPlan(plan)?.metrics;
  if (metrics === undefined) return undefined;
  const series = {
    model: plan.name,
    version,
    namespace: namespaceOf(plan),
    metrics: runtimeOfPlan(plan).metrics,
    gateway: { service, metrics },
  };
  return {
    requests: gatewayRequests(series, "increase", window),
    failed: gatewayFailures(series, "increase", window),
  };
}
