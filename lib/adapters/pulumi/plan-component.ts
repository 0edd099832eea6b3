import * as pulumi from "@pulumi/pulumi";
import { formatFinding, refuses } from "../../core/findings/finding";
import type { Plan } from "../../core/plan";
import { timetableMarkdown } from "../../core/timetable-markdown";
import { inDependencyOrder } from "../order";
import { register } from "./resource-classes";

/** Options that Pulumi silently ignores on a component. */
const IGNORED_OPTIONS = [
  "ignoreChanges",
  "replaceOnChanges",
  "retainOnDelete",
  "customTimeouts",
  "deleteBeforeReplace",
] as const;

/** A component whose children are the objects of a plan: all registered at once, whatever is known late. */
export abstract class PlanComponent extends pulumi.ComponentResource {
  /** The objects by role, such as `2-3-0-deployment`. */
  protected readonly children: Readonly<Record<string, pulumi.CustomResource>>;

  protected constructor(plan: Plan, args: object, opts: pulumi.ComponentResourceOptions | undefined) {
    assertAccepted(plan);
    super(`slipway:index:${plan.construct}`, plan.name, args as pulumi.Inputs, opts);
    this.warn(plan, opts);
    this.children = this.createChildren(plan);
    if (plan.timetable) void pulumi.log.info(timetableMarkdown(plan.timetable), this);
  }

  private createChildren(plan: Plan): Record<string, pulumi.CustomResource> {
    const children: Record<string, pulumi.CustomResource> = {};
    for (const { role, manifest, dependsOn } of inDependencyOrder(plan.objects)) {
      const ignoreChanges = controllerPaths(plan, role);
      children[role] = register(`${plan.name}-${role}`, manifest, {
        parent: this,
        dependsOn: dependsOn.map((each) => children[each] as pulumi.CustomResource),
        ...(ignoreChanges.length > 0 && { ignoreChanges }),
      });
    }
    return children;
  }

  private warn(plan: Plan, opts: pulumi.ComponentResourceOptions | undefined): void {
    for (const finding of plan.findings) void pulumi.log.warn(formatFinding(finding), this);
    const ignored = IGNORED_OPTIONS.filter((option) => opts !== undefined && option in opts);
    if (ignored.length === 0) return;
    void pulumi.log.warn(
      `Pulumi ignores ${ignored.join(", ")} on a component; use \`overrides\` for single objects.`,
      this,
    );
  }
}

/** Fields that a controller in the cluster writes; an autoscaler's are left out of the manifest instead. */
function controllerPaths({ owners }: Plan, role: string): string[] {
  return owners.filter((owner) => owner.role === role && owner.owner === "controller").map(({ path }) => path);
}

/** Pulumi prints these without a stack, each with the path of its prop. */
function assertAccepted(plan: Plan): void {
  if (!refuses(plan.findings)) return;
  throw new pulumi.InputPropertiesError({
    message: `${plan.construct} "${plan.name}" is refused:`,
    errors: plan.findings.map((finding) => ({ propertyPath: finding.path, reason: formatFinding(finding) })),
  });
}
