import type { PlannedObject } from "../core/plan";

/** An object of a plan with its role. */
export interface RoledObject extends PlannedObject {
  readonly role: string;
}

/** The objects, each after those it depends on; otherwise as planned. */
export function inDependencyOrder(objects: Readonly<Record<string, PlannedObject>>): RoledObject[] {
  const ordered = new Map<string, RoledObject>();
  const visit = (role: string): void => {
    const planned = objects[role];
    if (planned === undefined) throw new Error(`the plan has no object with the role "${role}"`);
    if (ordered.has(role)) return;
    planned.dependsOn.forEach(visit);
    ordered.set(role, { role, ...planned });
  };
  Object.keys(objects).forEach(visit);
  return [...ordered.values()];
}
