import type { Plan } from "../../core/plan";

/** The namespace of a plan's objects; undefined if it is only known when they are deployed. */
export function namespaceOf({ objects }: Plan): string | undefined {
  const namespace = objects["route"]?.manifest.metadata.namespace;
  return typeof namespace === "string" ? namespace : undefined;
}
