import { defaulted, late, map, optional, required, type Fields } from "../../core/checks/check";
import { readProps } from "../../core/checks/read";
import { dnsName, objectName } from "../../core/checks/names";
import { anyObject } from "../../core/checks/values";
import { refuses } from "../../core/findings/finding";
import { Report } from "../../core/findings/report";
import type { Plan } from "../../core/plan";
import { applicationLabels } from "../../kubernetes/labels";
import { assemblePlan, refusedPlan } from "../common/assemble";
import { autoscalerManifest, checkReplicas } from "../common/autoscaler";
import { commonFields } from "../common/checks";
import { planned } from "../common/track";
import type { InferenceAutoscalerProps } from "./props";

const CONSTRUCT = "InferenceAutoscaler";

const fields = {
  deployment: required(objectName),
  autoscaling: commonFields.autoscaling,
  namespace: optional(late(dnsName)),
  overrides: defaulted(map(anyObject), {}),
} satisfies Fields<InferenceAutoscalerProps>;

/** What an `InferenceAutoscaler` would create. Pure; a plan with an error among its findings has no objects. */
export function planInferenceAutoscaler(name: string, props: InferenceAutoscalerProps): Plan {
  const report = new Report();
  const read = readProps(name, props, fields, report);
  if (read === undefined) return refusedPlan(CONSTRUCT, name, report);
  checkReplicas(read.autoscaling, report);
  if (refuses(report.findings)) return refusedPlan(CONSTRUCT, name, report);
  const metadata = { name, namespace: read.namespace, labels: applicationLabels(name) };
  return assemblePlan(
    {
      construct: CONSTRUCT,
      name,
      objects: { autoscaler: planned(autoscalerManifest(metadata, read.deployment, read.autoscaling)) },
      tracks: [],
      owners: [],
      overrides: read.overrides,
    },
    report,
  );
}
