import { ApiObject } from "cdk8s";
import { Construct } from "constructs";
import { formatFinding } from "../../core/findings/finding";
import { assertValid } from "../../core/findings/plan-error";
import type { Plan } from "../../core/plan";
import { inDependencyOrder } from "../order";

/** A construct whose children are the objects of a plan, as raw API objects: patches and deferred values stay complete. */
export abstract class PlanConstruct extends Construct {
  /** The objects by role, such as `2-3-0-deployment`. */
  readonly objects: Readonly<Record<string, ApiObject>>;

  protected constructor(scope: Construct, plan: Plan) {
    assertValid(plan);
    super(scope, plan.name);
    this.objects = this.createObjects(plan);
    for (const finding of plan.findings) this.node.addMetadata("slipway:warning", formatFinding(finding));
  }

  private createObjects(plan: Plan): Record<string, ApiObject> {
    const objects: Record<string, ApiObject> = {};
    for (const { role, manifest, dependsOn } of inDependencyOrder(plan.objects)) {
      const object = new ApiObject(this, role, manifest);
      dependsOn.forEach((each) => object.addDependency(objects[each] as ApiObject));
      objects[role] = object;
    }
    return objects;
  }
}
