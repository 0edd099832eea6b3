import { defaulted, deferrable, map, optional, required, type Fields } from "../../core/checks/check";
import { parseProps } from "../../core/checks/parse-props";
import { dnsName, objectName } from "../../core/checks/names";
import { anyObject } from "../../core/checks/values";
import { hasErrors } from "../../core/findings/finding";
import { Diagnostics } from "../../core/findings/diagnostics";
import type { Plan } from "../../core/plan";
import { applicationLabels } from "../../kubernetes/labels";
import { DEFAULT_RUNTIME, RUNTIMES } from "../../runtimes/registry";
import { assemblePlan, rejectedPlan } from "../common/assemble";
import { autoscalerManifest, checkReplicas } from "../common/autoscaler";
import { commonFields } from "../common/schema";
import { withDependencies } from "../common/track";
import type { InferenceAutoscalerProps } from "./props";

const CONSTRUCT = "InferenceAutoscaler";

const fields = {
  deployment: required(objectName),
  autoscaling: commonFields.autoscaling,
  namespace: optional(deferrable(dnsName)),
  overrides: defaulted(map(anyObject), {}),
} satisfies Fields<InferenceAutoscalerProps>;

/** What an `InferenceAutoscaler` would create. Pure; a plan with an error among its findings has no objects. */
export function planInferenceAutoscaler(name: string, props: InferenceAutoscalerProps): Plan {
  const diagnostics = new Diagnostics();
  const parsed = parseProps(name, props, fields, diagnostics);
  if (parsed === undefined) return rejectedPlan(CONSTRUCT, name, diagnostics);
  checkReplicas(parsed.autoscaling, diagnostics);
  if (hasErrors(diagnostics.findings)) return rejectedPlan(CONSTRUCT, name, diagnostics);
  const metadata = { name, namespace: parsed.namespace, labels: applicationLabels(name) };
  const { requestsPerSecond } = RUNTIMES[DEFAULT_RUNTIME].metrics;
  const manifest = autoscalerManifest(metadata, parsed.deployment, parsed.autoscaling, requestsPerSecond);
  return assemblePlan(
    {
      construct: CONSTRUCT,
      name,
      objects: { autoscaler: withDependencies(manifest) },
      tracks: [],
      owners: [],
      overrides: parsed.overrides,
    },
    diagnostics,
  );
}
