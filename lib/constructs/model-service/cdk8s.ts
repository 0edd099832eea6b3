import type { Construct } from "constructs";
import { PlanConstruct } from "../../adapters/cdk8s/plan-construct";
import { existingModelService, type ExistingModelServiceProps, type IModelService } from "./existing";
import { planModelService } from "./plan";
import type { ModelServiceProps } from "./props";

/** One model version, served. */
export class ModelService extends PlanConstruct implements IModelService {
  /** Name of its Service. */
  readonly serviceName: string;
  /** Name of its Deployment. */
  readonly deploymentName: string;
  /** Labels that only its pods have, for `Pods.select` of cdk8s-plus. */
  readonly selectorLabels: Record<string, string>;

  /** A model service that is declared elsewhere; nothing is created. */
  static fromExisting(props: ExistingModelServiceProps): IModelService {
    return existingModelService(props);
  }

  constructor(scope: Construct, id: string, props: ModelServiceProps) {
    const plan = planModelService(id, props);
    super(scope, plan);
    const [track] = plan.tracks;
    this.serviceName = track?.name ?? "";
    this.deploymentName = track?.name ?? "";
    this.selectorLabels = { ...track?.selector };
    this.node.defaultChild = track && this.objects[track.deploymentRole];
  }
}
