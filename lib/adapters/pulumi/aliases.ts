import * as pulumi from "@pulumi/pulumi";
import type { Plan } from "../../core/plan";

/** Constructs around tracks. Of one name, they hand their tracks to one another. */
const AROUND_TRACKS = [
  "ModelService",
  "CanaryRollout",
  "BlueGreenPair",
  "AbTest",
  "ShadowDeployment",
  "BanditRollout",
] as const;

/**
 * Where the objects of a plan may have been before: under another construct of the same name. When the shadow's model
 * becomes a canary, or a canary's winner the control of an A/B test, the class in the program changes and with it the URN
 * of every child; by these aliases Pulumi knows the tracks that stay and does not make them anew.
 */
export function formerParents(
  { construct, name }: Plan,
  opts: pulumi.ComponentResourceOptions | undefined,
): pulumi.Alias[] {
  const others: readonly string[] = AROUND_TRACKS.filter((each) => each !== construct);
  if (others.length === AROUND_TRACKS.length) return [];
  return others.map((other) => ({ parent: pulumi.createUrn(name, `slipway:index:${other}`, opts?.parent) }));
}
