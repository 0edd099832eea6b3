import type { Finding } from "./findings/finding";
import type { Manifest } from "./manifest";
import type { Timetable } from "./timetable";

/** An object of a plan, and the roles that must exist before it. */
export interface PlannedObject {
  readonly manifest: Manifest;
  readonly dependsOn: readonly string[];
}

/** A field that is written by something other than the program. */
export interface FieldOwner {
  readonly role: string;
  /** Path of the whole field, such as `spec.replicas`. */
  readonly path: string;
  readonly owner: "autoscaler" | "controller";
}

/** A model version in a rollout, and the names of the objects that serve it. */
export interface Track {
  /** Name of the track, and of its Deployment, Service and the rest: `recommender-2-3-0`. */
  readonly name: string;
  readonly version: string;
  readonly sha256?: string;
  /** Labels that exactly its pods have. */
  readonly selector: Readonly<Record<string, string>>;
  /** Role of its Deployment in the plan. */
  readonly deploymentRole: string;
  /** Role of the ConfigMap with the server's settings. */
  readonly configRole: string;
}

/** What a construct would create: pure data, the same for every engine and driver. */
export interface Plan<Policy = unknown> {
  /** Name of the construct's class, such as `CanaryRollout`. */
  readonly construct: string;
  readonly name: string;
  /** By role, in the order in which they are created. Empty when a finding is an error. */
  readonly objects: Readonly<Record<string, PlannedObject>>;
  readonly tracks: readonly Track[];
  readonly owners: readonly FieldOwner[];
  readonly findings: readonly Finding[];
  readonly timetable?: Timetable;
  readonly policy?: Policy;
  /** Member of `runtime` that serves the tracks. By default the bundled server. */
  readonly runtime?: string;
  /** Member of `routing` that routes to the tracks. Missing where nothing does. */
  readonly router?: string;
}
