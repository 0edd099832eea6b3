import type { Construct } from "constructs";
import { PlanConstruct } from "../../adapters/cdk8s/plan-construct";
import type { IScalableWorkload, IScalingTarget } from "../../adapters/cdk8s/scalable";
import { PlanError } from "../../core/findings/plan-error";
import { Diagnostics } from "../../core/findings/diagnostics";
import type { AutoscalingProps } from "../common/props";
import { planInferenceAutoscaler } from "./plan";
import type { InferenceAutoscalerProps } from "./props";

export type { IScalableWorkload, IScalingTarget };

/** An autoscaler for a Deployment that is declared elsewhere. */
export class InferenceAutoscaler extends PlanConstruct {
  /**
   * An autoscaler for a Deployment of cdk8s-plus, which then has no replicas of its own.
   *
   * @throws PlanError if the workload is not a Deployment.
   * @example
   * ```ts
   * InferenceAutoscaler.attach(chart, "triton", new kplus.Deployment(chart, "server", { containers }), { maxReplicas: 8 });
   * ```
   */
  static attach(
    scope: Construct,
    id: string,
    workload: IScalableWorkload,
    autoscaling: AutoscalingProps = {},
  ): InferenceAutoscaler {
    const { kind, name } = workload.toScalingTarget();
    if (kind !== "Deployment") rejectKind(kind);
    workload.markHasAutoscaler();
    return new InferenceAutoscaler(scope, id, { deployment: name, autoscaling });
  }

  constructor(scope: Construct, id: string, props: InferenceAutoscalerProps) {
    super(scope, planInferenceAutoscaler(id, props));
    this.node.defaultChild = this.objects.autoscaler;
  }
}

function rejectKind(kind: string): never {
  const diagnostics = new Diagnostics();
  const message = `a ${kind} cannot be scaled here.`;
  diagnostics.error("SLW004", "workload", { message, allowed: "a Deployment", fix: "Attach it to a Deployment." });
  throw new PlanError("InferenceAutoscaler.attach", diagnostics.findings);
}
