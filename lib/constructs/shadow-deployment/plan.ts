import { parseProps } from "../../core/checks/parse-props";
import type { Manifest } from "../../core/manifest";
import type { Plan, PlannedObject } from "../../core/plan";
import type { RuleGroup } from "../../kubernetes/prometheus-rule";
import { podNetworkPolicy } from "../../kubernetes/network-policy";
import { headlessService } from "../../kubernetes/service";
import { shadowRules } from "../../monitoring/shadow-alerts";
import { AGREEMENT } from "../../strategies/observation";
import { powerOfShadow } from "../../strategies/shadow/power";
import type { ShadowPolicy } from "../../strategies/shadow/policy";
import { defineRollout } from "../common/define-rollout";
import { holdLimits, monitorRules } from "../common/monitor-rules";
import type { NamedModel } from "../common/production";
import type { CheckedRollout, PlannedRollout } from "../common/rollout";
import { applicationMetadata } from "../common/rollout-objects";
import { seriesOf, withDependencies } from "../common/track";
import { checkShadow } from "./guardrails";
import type { ShadowDeploymentProps } from "./props";
import { shadowFields, type ParsedShadowProps } from "./schema";
import { shadowTimetable } from "./timetable";

type Models = readonly [NamedModel, NamedModel];
type PlannedShadow = PlannedRollout<ParsedShadowProps, ShadowPolicy, Models>;

/** Share of the replicas for its percent of the requests that must be ready on a shadow; its autoscaler adds the rest. */
const READY_SHARE = 0.5;

/**
 * What a `ShadowDeployment` would create: two tracks, a split that mirrors requests to one of them, the access
 * that the comparison needs, the route, the policy and the timetable. Pure; a plan with an error among its findings has no objects.
 *
 * @example
 * ```ts
 * const plan = planShadowDeployment("recommender", props);
 * console.log(Object.keys(plan.objects), plan.findings);
 * ```
 */
export const planShadowDeployment: (name: string, props: ShadowDeploymentProps) => Plan<ShadowPolicy> = defineRollout({
  construct: "ShadowDeployment",
  parse: (name, props, diagnostics) => parseProps(name, props, shadowFields, diagnostics),
  models: ({ live, shadow }: ParsedShadowProps): Models => [
    { path: "live", model: live },
    { path: "shadow", model: shadow },
  ],
  // A shadow never answers users, so it needs no evidence.
  exposesUsers: false,
  check: checkShadow,
  policy: shadowPolicy,
  split: ({ policy: { live, shadow, percent } }) => ({ weights: { [live]: 100 }, mirrors: { [shadow]: percent } }),
  power: ({ policy }) => ({
    rollout: powerOfShadow(policy),
    baseline: "live",
    passes: "passes",
    others: "rejected, or compared for longer",
    path: "duration",
  }),
  timetable: ({ props, policy }) => shadowTimetable(props, policy),
  alerts: agreementAlerts,
  extraObjects: comparisonAccess,
  firstObjects: liveService,
});

function shadowPolicy({ props, tracks }: CheckedRollout<ParsedShadowProps, Models>): ShadowPolicy {
  const { agreement } = props;
  const rules = monitorRules(props, props.duration);
  const [live, shadow] = tracks;
  return {
    strategy: "shadow",
    live: live.name,
    shadow: shadow.name,
    percent: props.percent,
    durationSeconds: props.duration,
    capacity: { minReadyReplicas: props.autoscaling.minReplicas, shareOfStable: READY_SHARE },
    ...rules,
    ...holdLimits(props.analysis),
    gates: [
      ...rules.gates,
      {
        kind: "agreement-objective",
        id: "agreement",
        metric: AGREEMENT,
        atLeast: agreement.atLeast,
        minimumSamples: agreement.minimumPairs,
      },
    ],
  };
}

function agreementAlerts({ props, server, tracks: [live, shadow] }: PlannedShadow): RuleGroup[] {
  const { comparison } = server.runtime;
  const series = seriesOf({ ...props, server }, shadow.version);
  return comparison === undefined
    ? []
    : shadowRules(series, live.version, { ...props.agreement, samplesPath: comparison.samplesPath });
}

/** Allows the shadow to query the live version for its predictions. A separate object, so that tracks are the same in every rollout. */
function comparisonAccess({ server, tracks: [live, shadow], metadata }: PlannedShadow): Record<string, Manifest> {
  const { port } = server.runtime.ports.http;
  return { "comparison-policy": podNetworkPolicy(metadata, live.selector, shadow.selector, port) };
}

/** The name by which the shadow finds every replica of the live version. */
function liveService({ props, server, tracks: [live] }: PlannedShadow): Record<string, PlannedObject> {
  const { comparison, ports } = server.runtime;
  if (comparison === undefined) return {};
  const metadata = applicationMetadata(props, comparison.serviceName(props.name));
  return { live: withDependencies(headlessService(metadata, live.selector, ports.http)) };
}
