import type { Construct } from "constructs";
import { PlanConstruct } from "../../adapters/cdk8s/plan-construct";
import { timetableMarkdown } from "../../core/timetable-markdown";
import { planShadowDeployment } from "./plan";
import type { ShadowDeploymentProps } from "./props";

/** A new version answers copies of real requests; its answers are compared and dropped. */
export class ShadowDeployment extends PlanConstruct {
  /** Name of the Service of the version that serves users. */
  readonly liveService: string;
  /** Name of the Service of the shadow. */
  readonly shadowService: string;
  /** The timetable, as Markdown. */
  readonly timetable: string;

  constructor(scope: Construct, id: string, props: ShadowDeploymentProps) {
    const plan = planShadowDeployment(id, props);
    super(scope, plan);
    this.liveService = plan.policy?.live ?? "";
    this.shadowService = plan.policy?.shadow ?? "";
    this.timetable = plan.timetable ? timetableMarkdown(plan.timetable) : "";
    this.node.defaultChild = this.objects.route;
  }
}
