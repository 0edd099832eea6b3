import type { Construct } from "constructs";
import { PlanConstruct } from "../../adapters/cdk8s/plan-construct";
import { timetableMarkdown } from "../../core/timetable-markdown";
import { planBlueGreenPair } from "./plan";
import type { BlueGreenPairProps } from "./props";

/** A new version is tested before it serves users, then serves all of them at once, with an instant rollback. */
export class BlueGreenPair extends PlanConstruct {
  /** Name of the Service of the version that serves. */
  readonly liveService: string;
  /** The timetable of the traffic, as Markdown. */
  readonly timetable: string;

  constructor(scope: Construct, id: string, props: BlueGreenPairProps) {
    const plan = planBlueGreenPair(id, props);
    super(scope, plan);
    this.liveService = plan.policy?.[props.live] ?? "";
    this.timetable = plan.timetable ? timetableMarkdown(plan.timetable) : "";
    this.node.defaultChild = this.objects.route;
  }
}
