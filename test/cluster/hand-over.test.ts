import {
  planAbTest,
  planBanditRollout,
  planBlueGreenPair,
  planCanaryRollout,
  planModelService,
  planShadowDeployment,
  type ModelVersionProps,
  type Plan,
} from "../../lib";
import { props as shadowProps } from "../../examples/digits-shadow/props";
import { describeWithCluster, eventually } from "../support/cluster";
import { liveObjects, moveOn, podsOf, revision, type Live } from "../support/cluster-objects";

const NAME = "digits";
const { live: first, shadow: second, routing, objectives } = shadowProps;
const third: ModelVersionProps = { version: "1.2.0", uri: "s3://models/digits/1.2.0/model.onnx" };

describeWithCluster("from one strategy to the next in a cluster", (cluster) => {
  const namespace = cluster.namespace();
  const common = { objectives, routing, namespace };

  /** Programs that follow one another; each shares tracks with the next. */
  const programs: readonly (readonly [string, Plan])[] = [
    ["a service", planModelService(NAME, { objectives, namespace, model: first })],
    ["a shadow of it", planShadowDeployment(NAME, { ...common, live: first, shadow: second })],
    [
      "the shadow as a canary, promoted",
      planCanaryRollout(NAME, {
        ...common,
        stable: first,
        canary: second,
        traffic: { weights: [5, 50, 100], stage: { canary: second.version, number: 3 } },
      }),
    ],
    [
      "the canary as the control of a test",
      planAbTest(NAME, {
        ...common,
        variants: [second, third],
        metric: { name: "arrived" },
        analysis: { metrics: [{ name: "accuracy" }] },
        unit: { cookie: {} },
        duration: "14d",
        running: true,
      }),
    ],
    [
      "its variants as the arms of a bandit",
      planBanditRollout(NAME, { ...common, arms: [second, third], reward: { metric: "accuracy" } }),
    ],
    [
      "both as a pair",
      planBlueGreenPair(NAME, { ...common, blue: second, green: third, live: "blue", preparedReplicas: 2 }),
    ],
    [
      "green alone",
      planBlueGreenPair(NAME, {
        ...common,
        blue: second,
        green: third,
        live: "green",
        idle: "retired",
        preparedReplicas: 2,
      }),
    ],
  ];

  /** Deployment, Service, settings and pods of a track: which must not change while it serves. */
  async function serving(plan: Plan, track: string): Promise<object[]> {
    const manifests = Object.values(plan.objects)
      .map(({ manifest }) => manifest)
      .filter(({ kind, metadata }) => metadata.name === track && /^(Deployment|Service|ConfigMap)$/.test(kind));
    const pods = (await podsOf(cluster, namespace, track)).filter(({ metadata }) => !metadata.deletionTimestamp);
    return [...(await liveObjects(cluster, manifests)), ...pods.sort(byName)].map(revision);
  }

  /** Waits until each track has the initial replicas of its autoscaler. */
  async function settled(plan: Plan): Promise<void> {
    for (const { name } of plan.tracks)
      await eventually(
        () => cluster.get<Live>("deployment", name, `--namespace=${namespace}`),
        ({ status }) => status?.["readyReplicas"] === 2,
      );
  }

  it("does not change a track that stays, and deletes the others", async () => {
    let before: Plan | undefined;
    for (const [what, plan] of programs) {
      expect([what, plan.findings]).toEqual([what, []]);
      const staying = plan.tracks.filter(({ name }) => before?.tracks.some((track) => track.name === name));
      const then = await Promise.all(staying.map(({ name }) => serving(before as Plan, name)));
      await moveOn(cluster, before, plan);
      await settled(plan);
      const now = await Promise.all(staying.map(({ name }) => serving(plan, name)));
      expect([what, now]).toEqual([what, then]);
      for (const objects of then) expect(objects).toHaveLength(5); // three objects and two pods
      before = plan;
    }
    const left = await cluster.get<{ items: Live[] }>("deployments", `--namespace=${namespace}`);
    expect(left.items.map(({ metadata }) => metadata.name)).toEqual(["digits-1-2-0"]);
  });
});

const byName = (a: Live, b: Live): number => a.metadata.name.localeCompare(b.metadata.name);
