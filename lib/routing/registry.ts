import { object, optional } from "../core/checks/check";
import type { Diagnostics } from "../core/findings/diagnostics";
import type { Plan } from "../core/plan";
import { istio } from "./istio/router";
import type { RoutingProps } from "./props";
import { ROUTER_CAPABILITIES, type Router, type RouterCapability } from "./router";

/** Every router, by its member of `routing`. */
export const ROUTERS: Readonly<Record<keyof RoutingProps, Router<unknown>>> = { istio };

/** Namespace of the gateway's pods where no router is named, as for a single model service. */
export const DEFAULT_GATEWAY_NAMESPACE = ROUTERS.istio.gateway.namespace;

/** What that gateway measures. A service that is not behind it has no such series, and its alerts use only the servers. */
export const DEFAULT_GATEWAY_METRICS = ROUTERS.istio.metrics;

/** The router that a rollout names, with its settings. */
export interface ConfiguredRouter {
  /** Its member of `routing`. */
  readonly name: string;
  readonly router: Router<unknown>;
  readonly settings: unknown;
  /** Path of its props. */
  readonly path: string;
}

/** What a rollout needs of its router, and the path of the prop that asks for it. */
export interface RouterNeed {
  readonly capability: RouterCapability;
  readonly path: string;
  /** What to write to do without it. By default, the prop is left out. */
  readonly without?: string;
}

/** The members of `routing`, parsed. */
export type ParsedRouting = Readonly<Record<string, unknown>>;

export const parseRouting = object(
  Object.fromEntries(Object.entries(ROUTERS).map(([name, router]) => [name, optional(router.parse)])),
);

/** The router that is named; undefined if none is. */
export function routerOf(parsed: ParsedRouting): ConfiguredRouter | undefined {
  return namedRouters(parsed)[0];
}

/** The router of a plan; undefined if it routes nothing. */
export function routerOfPlan({ router }: Pick<Plan, "router">): Router<unknown> | undefined {
  return router === undefined ? undefined : ROUTERS[router as keyof RoutingProps];
}

/** Reports props that do not name exactly one router, and what is wrong with that router's settings. */
export function checkRouting(parsed: ParsedRouting, diagnostics: Diagnostics): void {
  const named = namedRouters(parsed);
  for (const { router, settings, path } of named) router.check(settings, path, diagnostics);
  if (named.length === 1) return;
  diagnostics.error("SLW005", "routing", {
    message: named.length === 0 ? "it names no router." : "it names more than one router.",
    allowed: `exactly one of: ${Object.keys(ROUTERS).join(", ")}`,
    fix: `Set ${EXAMPLES.join(" or ")}.`,
  });
}

const EXAMPLES = Object.values(ROUTERS).map(({ example }) => `\`routing: { ${example} }\``);

/** Reports each need that the router cannot meet, with the routers that can. */
export function checkRouterCapabilities(
  { router }: Pick<ConfiguredRouter, "router">,
  needs: readonly RouterNeed[],
  diagnostics: Diagnostics,
): void {
  for (const { capability, path, without = "Leave it out" } of needs) {
    if (router.capabilities.includes(capability)) continue;
    const able = Object.entries(ROUTERS).filter(([, each]) => each.capabilities.includes(capability));
    diagnostics.error("SLW401", path, {
      message: `${router.title} cannot ${ROUTER_CAPABILITIES[capability]}.`,
      ...(able.length > 0 && { allowed: able.map(([name]) => `routing.${name}`).join(", ") }),
      fix: able.length > 0 ? "Use a router that can." : `${without}: no router can.`,
    });
  }
}

/** Warns that nothing counts the requests that never reach a server. */
export function checkGatewayMetrics(
  { router, path }: Pick<ConfiguredRouter, "router" | "path">,
  diagnostics: Diagnostics,
): void {
  if (router.metrics !== undefined) return;
  diagnostics.warning("SLW404", path, {
    message: `${router.title} does not count the requests to each version, so those that never reach a server raise no alert.`,
    fix: "Monitor its gateway by other means, or use a router that counts them.",
  });
}

function namedRouters(parsed: ParsedRouting): ConfiguredRouter[] {
  return Object.entries(ROUTERS).flatMap(([name, router]) => {
    const settings = parsed[name];
    return settings === undefined ? [] : [{ name, router, settings, path: `routing.${name}` }];
  });
}
