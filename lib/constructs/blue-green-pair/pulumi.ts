import * as pulumi from "@pulumi/pulumi";
import type { BlueGreenPairArgs } from "../../adapters/pulumi/args";
import { acceptedPlan, emitPlan } from "../../adapters/pulumi/emit";
import { timetableMarkdown } from "../../core/timetable-markdown";
import { planBlueGreenPair } from "./plan";
import type { BlueGreenPairProps } from "./props";

/** A new version is tested before it serves users, then serves all of them at once, with an instant rollback. */
export class BlueGreenPair extends pulumi.ComponentResource {
  /** Name of the Service of the version that serves. */
  readonly liveService: pulumi.Output<string>;
  /** The timetable of the traffic, as Markdown. */
  readonly timetable: pulumi.Output<string>;

  constructor(name: string, args: BlueGreenPairArgs, opts?: pulumi.ComponentResourceOptions) {
    // An Input is a deferred value, which the plan carries untouched.
    const plan = acceptedPlan(planBlueGreenPair(name, args as BlueGreenPairProps));
    super("slipway:index:BlueGreenPair", name, { ...args }, opts);
    emitPlan(plan, this, opts);
    this.liveService = pulumi.output(plan.policy?.[args.live] ?? "");
    this.timetable = pulumi.output(plan.timetable ? timetableMarkdown(plan.timetable) : "");
    this.registerOutputs({ liveService: this.liveService, timetable: this.timetable });
  }
}
