import * as pulumi from "@pulumi/pulumi";
import type { CanaryRolloutArgs } from "../../adapters/pulumi/args";
import { acceptedPlan, emitPlan } from "../../adapters/pulumi/emit";
import { timetableMarkdown } from "../../core/timetable-markdown";
import { planCanaryRollout } from "./plan";
import type { CanaryRolloutProps } from "./props";

/** A new version serves a small share of the requests first, and more as it passes its gates. */
export class CanaryRollout extends pulumi.ComponentResource {
  /** Name of the Service of the version that serves now. */
  readonly stableService: pulumi.Output<string>;
  /** Name of the Service of the candidate. */
  readonly canaryService: pulumi.Output<string>;
  /** The timetable of the traffic, as Markdown. */
  readonly timetable: pulumi.Output<string>;

  constructor(name: string, args: CanaryRolloutArgs, opts?: pulumi.ComponentResourceOptions) {
    // An Input is a deferred value, which the plan carries untouched.
    const plan = acceptedPlan(planCanaryRollout(name, args as CanaryRolloutProps));
    super("slipway:index:CanaryRollout", name, { ...args }, opts);
    emitPlan(plan, this, opts);
    const [stable, canary] = plan.tracks;
    this.stableService = pulumi.output(stable?.name ?? "");
    this.canaryService = pulumi.output(canary?.name ?? "");
    this.timetable = pulumi.output(plan.timetable ? timetableMarkdown(plan.timetable) : "");
    this.registerOutputs({
      stableService: this.stableService,
      canaryService: this.canaryService,
      timetable: this.timetable,
    });
  }
}
