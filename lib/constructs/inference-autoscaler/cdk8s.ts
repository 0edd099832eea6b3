import type { Construct } from "constructs";
import { PlanConstruct } from "../../adapters/cdk8s/plan-construct";
import { planInferenceAutoscaler } from "./plan";
import type { InferenceAutoscalerProps } from "./props";

/** An autoscaler for a Deployment that somebody else declares. */
export class InferenceAutoscaler extends PlanConstruct {
  constructor(scope: Construct, id: string, props: InferenceAutoscalerProps) {
    super(scope, planInferenceAutoscaler(id, props));
    this.node.defaultChild = this.objects.autoscaler;
  }
}
