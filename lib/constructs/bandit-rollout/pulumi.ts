import * as pulumi from "@pulumi/pulumi";
import type { BanditRolloutArgs } from "../../adapters/pulumi/args";
import { acceptedPlan, emitPlan } from "../../adapters/pulumi/emit";
import { timetableMarkdown } from "../../core/timetable-markdown";
import { planBanditRollout } from "./plan";
import type { BanditRolloutProps } from "./props";

/** Several versions earn rewards, and those that earn more get more of the traffic. */
export class BanditRollout extends pulumi.ComponentResource {
  /** Names of the arms' Services, in the order of the arms. */
  readonly services: pulumi.Output<string[]>;
  /** The timetable of the traffic, as Markdown. */
  readonly timetable: pulumi.Output<string>;

  constructor(name: string, args: BanditRolloutArgs, opts?: pulumi.ComponentResourceOptions) {
    // An Input is a deferred value, which the plan carries untouched.
    const plan = acceptedPlan(planBanditRollout(name, args as BanditRolloutProps));
    super("slipway:index:BanditRollout", name, { ...args }, opts);
    emitPlan(plan, this, opts);
    this.services = pulumi.output(plan.tracks.map((track) => track.name));
    this.timetable = pulumi.output(plan.timetable ? timetableMarkdown(plan.timetable) : "");
    this.registerOutputs({ services: this.services, timetable: this.timetable });
  }
}
