import type * as pulumi from "@pulumi/pulumi";
import type { InferenceAutoscalerArgs } from "../../adapters/pulumi/args";
import { PlanComponent } from "../../adapters/pulumi/plan-component";
import { planInferenceAutoscaler } from "./plan";
import type { InferenceAutoscalerProps } from "./props";

/** An autoscaler for a Deployment that somebody else declares. */
export class InferenceAutoscaler extends PlanComponent {
  constructor(name: string, args: InferenceAutoscalerArgs, opts?: pulumi.ComponentResourceOptions) {
    // An Input is a late leaf, which the plan carries untouched.
    super(planInferenceAutoscaler(name, args as InferenceAutoscalerProps), args, opts);
    this.registerOutputs({});
  }
}
