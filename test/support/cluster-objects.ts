import { stringify } from "yaml";

import type { Manifest, Plan } from "../../lib";
import { inDependencyOrder } from "../../lib/adapters/order";
import type { TestCluster } from "./cluster";

/** An object as an API server returns it. */
export interface Live {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly generation?: number;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** As Pulumi applies. */
export const BY_PULUMI = { serverSide: true, fieldManager: "pulumi" } as const;

export function manifestsOf(plan: Plan): Manifest[] {
  return inDependencyOrder(plan.objects).map(({ manifest }) => manifest);
}

export function yamlOf(manifests: readonly Manifest[]): string {
  return manifests.map((manifest) => stringify(manifest)).join("---\n");
}

/** Changes with the spec of an object, but not with its status. */
export function revision({ metadata, status, ...content }: Live) {
  const { uid, generation, deletionTimestamp, labels } = metadata;
  return { uid, generation, deletionTimestamp, labels, content };
}

/** Those of the objects that exist. */
export async function liveObjects(cluster: TestCluster, manifests: readonly Manifest[]): Promise<Live[]> {
  const list = await cluster.kubectl(["get", "-f", "-", "-o=json", "--ignore-not-found"], yamlOf(manifests));
  return list === "" ? [] : (JSON.parse(list) as { items: Live[] }).items;
}

/** Pods of one track. */
export async function podsOf(cluster: TestCluster, namespace: string, track: string): Promise<Live[]> {
  const selector = `--selector=slipway.dev/track=${track}`;
  return (await cluster.get<{ items: Live[] }>("pods", `--namespace=${namespace}`, selector)).items;
}

/** What `pulumi up` does from one program to the next: creates and updates in order, then deletes what is left, in reverse. */
export async function moveOn(cluster: TestCluster, before: Plan | undefined, after: Plan): Promise<void> {
  await cluster.apply(yamlOf(manifestsOf(after)), BY_PULUMI);
  const gone = Object.keys(before?.objects ?? {}).filter((role) => !(role in after.objects));
  const retired = inDependencyOrder(before?.objects ?? {})
    .reverse()
    .filter(({ role }) => gone.includes(role))
    .map(({ manifest }) => manifest);
  if (retired.length > 0) await cluster.kubectl(["delete", "-f", "-"], yamlOf(retired));
}
