import * as pulumi from "@pulumi/pulumi";
import type { ShadowDeploymentArgs } from "../../adapters/pulumi/args";
import { acceptedPlan, emitPlan } from "../../adapters/pulumi/emit";
import { timetableMarkdown } from "../../core/timetable-markdown";
import { planShadowDeployment } from "./plan";
import type { ShadowDeploymentProps } from "./props";

/** A new version answers copies of real requests; its answers are compared and dropped. */
export class ShadowDeployment extends pulumi.ComponentResource {
  /** Name of the Service of the version that serves users. */
  readonly liveService: pulumi.Output<string>;
  /** Name of the Service of the shadow. */
  readonly shadowService: pulumi.Output<string>;
  /** The timetable, as Markdown. */
  readonly timetable: pulumi.Output<string>;

  constructor(name: string, args: ShadowDeploymentArgs, opts?: pulumi.ComponentResourceOptions) {
    // An Input is a deferred value, which the plan carries untouched.
    const plan = acceptedPlan(planShadowDeployment(name, args as ShadowDeploymentProps));
    super("slipway:index:ShadowDeployment", name, { ...args }, opts);
    emitPlan(plan, this, opts);
    this.liveService = pulumi.output(plan.policy?.live ?? "");
    this.shadowService = pulumi.output(plan.policy?.shadow ?? "");
    this.timetable = pulumi.output(plan.timetable ? timetableMarkdown(plan.timetable) : "");
    this.registerOutputs({
      liveService: this.liveService,
      shadowService: this.shadowService,
      timetable: this.timetable,
    });
  }
}
