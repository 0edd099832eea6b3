import type { Construct } from "constructs";
import { PlanConstruct } from "../../adapters/cdk8s/plan-construct";
import { timetableMarkdown } from "../../core/timetable-markdown";
import { planCanaryRollout } from "./plan";
import type { CanaryRolloutProps } from "./props";

/** A new version serves a small share of the requests first, and more as it passes its gates. */
export class CanaryRollout extends PlanConstruct {
  /** Name of the Service of the version that serves now. */
  readonly stableService: string;
  /** Name of the Service of the candidate. */
  readonly canaryService: string;
  /** The timetable of the traffic, as Markdown. */
  readonly timetable: string;

  constructor(scope: Construct, id: string, props: CanaryRolloutProps) {
    const plan = planCanaryRollout(id, props);
    super(scope, plan);
    const [stable, canary] = plan.tracks;
    this.stableService = stable?.name ?? "";
    this.canaryService = canary?.name ?? "";
    this.timetable = plan.timetable ? timetableMarkdown(plan.timetable) : "";
    this.node.defaultChild = this.objects.route;
  }
}
