import type { Construct } from "constructs";
import { PlanConstruct } from "../../adapters/cdk8s/plan-construct";
import { timetableMarkdown } from "../../core/timetable-markdown";
import { planBanditRollout } from "./plan";
import type { BanditRolloutProps } from "./props";

/** Several versions earn rewards, and those that earn more get more of the traffic. */
export class BanditRollout extends PlanConstruct {
  /** Names of the arms' Services, in the order of the arms. */
  readonly services: string[];
  /** The timetable of the traffic, as Markdown. */
  readonly timetable: string;

  constructor(scope: Construct, id: string, props: BanditRolloutProps) {
    const plan = planBanditRollout(id, props);
    super(scope, plan);
    this.services = plan.tracks.map((track) => track.name);
    this.timetable = plan.timetable ? timetableMarkdown(plan.timetable) : "";
    this.node.defaultChild = this.objects.route;
  }
}
