import * as pulumi from "@pulumi/pulumi";
import type { InferenceAutoscalerArgs } from "../../adapters/pulumi/args";
import { acceptedPlan, emitPlan } from "../../adapters/pulumi/emit";
import { planInferenceAutoscaler } from "./plan";
import type { InferenceAutoscalerProps } from "./props";

/** An autoscaler for a Deployment that is declared elsewhere. */
export class InferenceAutoscaler extends pulumi.ComponentResource {
  constructor(name: string, args: InferenceAutoscalerArgs, opts?: pulumi.ComponentResourceOptions) {
    // An Input is a deferred value, which the plan carries untouched.
    const plan = acceptedPlan(planInferenceAutoscaler(name, args as InferenceAutoscalerProps));
    super("slipway:index:InferenceAutoscaler", name, { ...args }, opts);
    emitPlan(plan, this, opts);
    this.registerOutputs({});
  }
}
