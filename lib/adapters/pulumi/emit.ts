import * as pulumi from "@pulumi/pulumi";
import { formatFinding, hasErrors } from "../../core/findings/finding";
import type { Plan } from "../../core/plan";
import { timetableMarkdown } from "../../core/timetable-markdown";
import { inDependencyOrder } from "../order";
import { parentAliases } from "./aliases";
import { register } from "./resource-classes";

// These are functions instead of a base class: Pulumi's component analyzer, which generates the package schema for other
// languages, recognizes a component only by `extends pulumi.ComponentResource` on the class itself.

/** Options that Pulumi silently ignores on a component. */
const IGNORED_OPTIONS = [
  "ignoreChanges",
  "replaceOnChanges",
  "retainOnDelete",
  "customTimeouts",
  "deleteBeforeReplace",
] as const;

/** The plan, if none of its findings is an error. Pulumi prints the findings by prop path, without a stack trace. */
export function acceptedPlan<P extends Plan>(plan: P): P {
  if (!hasErrors(plan.findings)) return plan;
  throw new pulumi.InputPropertiesError({
    message: `${plan.construct} "${plan.name}" is not valid:`,
    errors: plan.findings.map((finding) => ({ propertyPath: finding.path, reason: formatFinding(finding) })),
  });
}

/** Registers the objects of a plan as children of a component: all of them immediately, including those with deferred values. */
export function emitPlan(
  plan: Plan,
  component: pulumi.ComponentResource,
  opts: pulumi.ComponentResourceOptions | undefined,
): void {
  warn(plan, component, opts);
  const children: Record<string, pulumi.CustomResource> = {};
  const aliases = parentAliases(plan, opts);
  for (const { role, manifest, dependsOn } of inDependencyOrder(plan.objects)) {
    const ignoreChanges = controllerPaths(plan, role);
    children[role] = register(`${plan.name}-${role}`, manifest, {
      parent: component,
      dependsOn: dependsOn.map((each) => children[each] as pulumi.CustomResource),
      ...(ignoreChanges.length > 0 && { ignoreChanges }),
      ...(aliases.length > 0 && { aliases }),
    });
  }
  if (plan.timetable) void pulumi.log.info(timetableMarkdown(plan.timetable), component);
}

function warn(
  plan: Plan,
  component: pulumi.ComponentResource,
  opts: pulumi.ComponentResourceOptions | undefined,
): void {
  for (const finding of plan.findings) void pulumi.log.warn(formatFinding(finding), component);
  const ignored = IGNORED_OPTIONS.filter((option) => opts !== undefined && option in opts);
  if (ignored.length === 0) return;
  void pulumi.log.warn(
    `Pulumi ignores ${ignored.join(", ")} on a component; use \`overrides\` to change single objects.`,
    component,
  );
}

/** Fields that a controller in the cluster writes. Those of an autoscaler are left out of the manifest instead. */
function controllerPaths({ owners }: Plan, role: string): string[] {
  return owners.filter((owner) => owner.role === role && owner.owner === "controller").map(({ path }) => path);
}
