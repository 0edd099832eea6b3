import { parseProps } from "../../core/checks/parse-props";
import type { Plan, Track } from "../../core/plan";
import type { RuleGroup } from "../../kubernetes/prometheus-rule";
import { experimentRules, type Variant } from "../../monitoring/experiment-alerts";
import type { AbTestPolicy } from "../../strategies/ab-test/policy";
import { evenSplit } from "../../strategies/even-split";
import { defineRollout } from "../common/define-rollout";
import { withMaturity } from "../common/gates";
import { monitorRules } from "../common/monitor-rules";
import { weightsByTrack } from "../common/split";
import { seriesOf } from "../common/track";
import { assignment, assignmentNeeds, hashingObjects } from "./assignment";
import { checkAbTest } from "./guardrails";
import type { AbTestProps } from "./props";
import { abTestFields, type ParsedAbTestProps } from "./schema";
import { abTestTimetable } from "./timetable";

/** Feedback on what users do arrives up to some hours after the response; a test runs for days. */
const FEEDBACK_WITHIN_SECONDS = 6 * 3600;

/**
 * What an `AbTest` would create: a track for each variant, the split that pins each user to one of them, the route to it,
 * the policy and the timetable. Pure; a plan with an error among its findings has no objects.
 *
 * @example
 * ```ts
 * const plan = planAbTest("recommender", { ...props, running: true });
 * console.log(Object.keys(plan.objects), plan.findings);
 * ```
 */
export const planAbTest: (name: string, props: AbTestProps) => Plan<AbTestPolicy> = defineRollout({
  construct: "AbTest",
  parse: (name, props, diagnostics) => parseProps(name, props, abTestFields, diagnostics),
  models: ({ variants }: ParsedAbTestProps) => variants.map((model, index) => ({ path: `variants[${index}]`, model })),
  exposesUsers: true,
  check: checkAbTest,
  routerNeeds: assignmentNeeds,
  policy: ({ props, tracks }) => abTestPolicy(props, tracks),
  sticky: assignment,
  timetable: ({ props, policy }) => abTestTimetable(props, policy),
  alerts: ({ props, policy, server, tracks }) =>
    experimentAlerts(
      props,
      tracks.map(({ name, version }) => ({
        series: seriesOf({ ...props, server }, version),
        share: (policy.split[name] ?? 0) / 100,
      })),
    ),
  extraObjects: hashingObjects,
});

function abTestPolicy(props: ParsedAbTestProps, tracks: readonly Track[]): AbTestPolicy {
  const { metric, autoscaling, split } = props;
  const variants = tracks.map(({ name }) => name);
  return {
    strategy: "ab-test",
    variants,
    split: split === undefined ? evenSplit(variants) : weightsByTrack(split, tracks),
    metric: withMaturity(metric),
    durationSeconds: props.duration,
    falseWinRate: props.falseWinRate,
    minReadyReplicas: autoscaling.minReplicas,
    ...monitorRules(props, props.duration),
  };
}

function experimentAlerts(props: ParsedAbTestProps, variants: readonly Variant[]): readonly RuleGroup[] {
  const { running, metric, analysis, unit } = props;
  if (!running) return [];
  // Only a cookie is assigned by the router; other users bring their bucket.
  return experimentRules(variants, unit.cookie === undefined ? "requests" : "new-users", {
    metric: metric.name,
    withinSeconds: FEEDBACK_WITHIN_SECONDS + metric.maturity,
    minimumRequests: analysis.minimumSamples,
  });
}
