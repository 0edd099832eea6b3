import type { Construct } from "constructs";
import { PlanConstruct } from "../../adapters/cdk8s/plan-construct";
import { timetableMarkdown } from "../../core/timetable-markdown";
import { planAbTest } from "./plan";
import type { AbTestProps } from "./props";

/** Users are divided among versions for a time, each user stays on one version, and a metric shows which is better. */
export class AbTest extends PlanConstruct {
  /** Names of the Services of the variants, in their order. */
  readonly services: string[];
  /** The timetable, as Markdown. */
  readonly timetable: string;

  constructor(scope: Construct, id: string, props: AbTestProps) {
    const plan = planAbTest(id, props);
    super(scope, plan);
    this.services = plan.tracks.map((track) => track.name);
    this.timetable = plan.timetable ? timetableMarkdown(plan.timetable) : "";
    this.node.defaultChild = this.objects.route;
  }
}
