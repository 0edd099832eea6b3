import * as pulumi from "@pulumi/pulumi";
import type { AbTestArgs } from "../../adapters/pulumi/args";
import { acceptedPlan, emitPlan } from "../../adapters/pulumi/emit";
import { timetableMarkdown } from "../../core/timetable-markdown";
import { planAbTest } from "./plan";
import type { AbTestProps } from "./props";

/** Users are divided among versions for a time, each user stays on one version, and a metric shows which is better. */
export class AbTest extends pulumi.ComponentResource {
  /** Names of the Services of the variants, in their order. */
  readonly services: pulumi.Output<string[]>;
  /** The timetable, as Markdown. */
  readonly timetable: pulumi.Output<string>;

  constructor(name: string, args: AbTestArgs, opts?: pulumi.ComponentResourceOptions) {
    // An Input is a deferred value, which the plan carries untouched.
    const plan = acceptedPlan(planAbTest(name, args as AbTestProps));
    super("slipway:index:AbTest", name, { ...args }, opts);
    emitPlan(plan, this, opts);
    this.services = pulumi.output(plan.tracks.map((track) => track.name));
    this.timetable = pulumi.output(plan.timetable ? timetableMarkdown(plan.timetable) : "");
    this.registerOutputs({ services: this.services, timetable: this.timetable });
  }
}
