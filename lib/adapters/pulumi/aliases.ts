import * as pulumi from "@pulumi/pulumi";
import { TRACK_CONSTRUCTS } from "../../constructs/registry";
import type { Plan } from "../../core/plan";

/**
 * The URNs that the children of a component may have had under another construct with the same name. When a shadow becomes
 * a canary, or the winner of a canary becomes the control of an A/B test, the class in the program changes, and with it the
 * URN of every child. With these aliases Pulumi recognizes the tracks that stay, and does not replace their objects.
 */
export function parentAliases(
  { construct, name }: Plan,
  opts: pulumi.ComponentResourceOptions | undefined,
): pulumi.Alias[] {
  if (!TRACK_CONSTRUCTS.includes(construct)) return [];
  const others = TRACK_CONSTRUCTS.filter((each) => each !== construct);
  return others.map((other) => ({ parent: pulumi.createUrn(name, `slipway:index:${other}`, opts?.parent) }));
}
