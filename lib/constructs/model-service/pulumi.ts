import * as pulumi from "@pulumi/pulumi";
import type { ModelServiceArgs } from "../../adapters/pulumi/args";
import { acceptedPlan, emitPlan } from "../../adapters/pulumi/emit";
import { existingModelService, type ExistingModelServiceProps, type IModelService } from "./existing";
import { planModelService } from "./plan";
import type { ModelServiceProps } from "./props";

/** One model version, served. */
export class ModelService extends pulumi.ComponentResource {
  /** Name of its Service. */
  readonly serviceName: pulumi.Output<string>;
  /** Name of its Deployment. */
  readonly deploymentName: pulumi.Output<string>;

  /** A model service that is declared elsewhere; nothing is created. */
  static fromExisting(props: ExistingModelServiceProps): IModelService {
    return existingModelService(props);
  }

  constructor(name: string, args: ModelServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    // An Input is a deferred value, which the plan carries untouched.
    const plan = acceptedPlan(planModelService(name, args as ModelServiceProps));
    super("slipway:index:ModelService", name, { ...args }, opts);
    emitPlan(plan, this, opts);
    const track = plan.tracks[0]?.name ?? "";
    this.serviceName = pulumi.output(track);
    this.deploymentName = pulumi.output(track);
    this.registerOutputs({ serviceName: this.serviceName, deploymentName: this.deploymentName });
  }
}
