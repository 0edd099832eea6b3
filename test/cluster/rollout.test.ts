import { props as nextProps } from "../../examples/digits-canary/bad.props";
import { name, props as firstProps } from "../../examples/digits-canary/props";
import { planCanaryRollout, toYaml, type CanaryRolloutProps, type Plan } from "../../lib";
import { inDependencyOrder } from "../../lib/adapters/order";
import { describeWithCluster, eventually } from "../support/cluster";
import { describeWithMetrics } from "../support/cluster-metrics";
import { BY_PULUMI, liveObjects, manifestsOf, podsOf, revision, yamlOf, type Live } from "../support/cluster-objects";
import { samplePlans } from "../support/sample-plans";

interface Routed {
  readonly spec: {
    readonly http: readonly [
      {
        readonly delegate?: { readonly name: string };
        readonly route?: readonly { readonly destination: { readonly host: string }; readonly weight: number }[];
      },
    ];
  };
}

/** Stage of the first release at which the split is 90/10, and its last one, the promotion. */
const [AT_TEN_PERCENT, PROMOTED] = [2, 6];

describeWithCluster("the digits rollout in a cluster", (cluster) => {
  const namespace = cluster.namespace();
  const first = (stage: number) => declared(firstProps, stage);
  const next = declared(nextProps, 0);

  function declared(props: CanaryRolloutProps, number: number): Plan {
    const traffic = { ...props.traffic, stage: { canary: props.canary.version, number } };
    const plan = planCanaryRollout(name, { ...props, namespace, traffic });
    expect(plan.findings).toEqual([]);
    return plan;
  }

  const deployment = (track: string) => cluster.get<Live>("deployment", track, `--namespace=${namespace}`);
  const available = () =>
    cluster.kubectl(["wait", "--for=condition=Available", "deployment", "--all", `--namespace=${namespace}`]);

  /** What callers of the root route get: the share of each Service. */
  const shares = async () => {
    const route = (of: string) => cluster.get<Routed>("virtualservice", of, `--namespace=${namespace}`);
    const split = (await route(name)).spec.http[0].delegate?.name ?? "";
    const routes = (await route(split)).spec.http[0].route ?? [];
    return Object.fromEntries(routes.map(({ destination, weight }) => [destination.host, weight]));
  };

  beforeAll(() => cluster.kubectl(["label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted"]));

  it("is accepted by a strict API server without a warning, and so is every sample", async () => {
    const plans = [first(AT_TEN_PERCENT), ...samplePlans.map(({ plan }) => plan)];
    const manifests = plans
      .flatMap(manifestsOf)
      .map((each) => ({ ...each, metadata: { ...each.metadata, namespace } }));
    expect(await cluster.apply(yamlOf(manifests), { dryRun: true })).toHaveLength(manifests.length);
  });

  it("starts where the restricted Pod Security Standard is enforced", async () => {
    await cluster.apply(toYaml(first(AT_TEN_PERCENT)), BY_PULUMI);
    await available();
    expect(await shares()).toEqual({ "digits-1-0-0": 90, "digits-1-1-0": 10 });
    for (const track of ["digits-1-0-0", "digits-1-1-0"])
      await eventually(
        () => deployment(track),
        ({ status }) => status?.["readyReplicas"] === 2,
      );
  });

  it("is not changed by a second apply with any field manager", async () => {
    const plan = first(AT_TEN_PERCENT);
    const revisions = async () => (await liveObjects(cluster, manifestsOf(plan))).map(revision);
    const before = await revisions();
    await cluster.apply(toYaml(plan), BY_PULUMI);
    expect(await revisions()).toEqual(before);
    for (const by of [BY_PULUMI, { ...BY_PULUMI, fieldManager: "another" }])
      expect(await cluster.diff(toYaml(plan), by)).toBe("");
    expect(await cluster.diff(toYaml(plan))).toBe("");
  });

  describeWithMetrics("the autoscalers of the digits rollout", (measure) => {
    const METRIC = "slipway_inference_requests_per_second";

    it("read both targets", async () => {
      measure({ cpu: "250m", custom: { [METRIC]: 900 } });
      const read = await eventually(
        () => cluster.get<Live>("hpa", "digits-1-1-0", `--namespace=${namespace}`),
        ({ status }) => JSON.stringify(status).includes('"averageValue":"900"'),
      );
      expect(read.status?.["currentMetrics"]).toEqual([
        { type: "Resource", resource: { name: "cpu", current: { averageUtilization: 50, averageValue: "250m" } } },
        { type: "Pods", pods: { metric: { name: METRIC }, current: { averageValue: "900" } } },
      ]);
      expect(read.status?.["conditions"]).toContainEqual(
        expect.objectContaining({ type: "ScalingActive", status: "True" }),
      );
    });

    it("add replicas, and no apply removes them", async () => {
      const replicas = async () => (await deployment("digits-1-1-0")).spec["replicas"] as number;
      measure({ cpu: "250m", custom: { [METRIC]: 2500 } });
      const raised = await eventually(replicas, (count) => count > 2);
      measure({ cpu: "250m", custom: { [METRIC]: 1000 } });
      await cluster.apply(toYaml(first(AT_TEN_PERCENT)), BY_PULUMI);
      expect(await replicas()).toBeGreaterThanOrEqual(raised);
    });
  });

  it("accepts a split that was moved by hand to the promotion", async () => {
    const weights = [0, 100].map((value, index) => ({
      op: "replace",
      path: `/spec/http/0/route/${index}/weight`,
      value,
    }));
    const split = ["virtualservice", "digits-1-0-0-1-1-0", `--namespace=${namespace}`];
    await cluster.kubectl(["patch", ...split, "--type=json", `--patch=${JSON.stringify(weights)}`]);
    expect(await shares()).toEqual({ "digits-1-0-0": 0, "digits-1-1-0": 100 });
    expect(await cluster.diff(toYaml(first(PROMOTED)), BY_PULUMI)).toBe("");
  });

  it("leaves the promoted track alone when the next release begins, and when the oldest is retired", async () => {
    const promoted = manifestsOf(next).filter(({ metadata }) => metadata.name === "digits-1-1-0");
    const retired = inDependencyOrder(first(PROMOTED).objects)
      .reverse()
      .filter(({ role }) => !(role in next.objects))
      .map(({ manifest }) => manifest);
    const untouched = async () => ({
      objects: (await liveObjects(cluster, promoted)).map(revision),
      pods: (await podsOf(cluster, namespace, "digits-1-1-0")).map(revision),
    });
    await cluster.apply(toYaml(first(PROMOTED)), BY_PULUMI);
    const before = await untouched();
    expect(before.objects).toHaveLength(10);
    expect(before.pods.length).toBeGreaterThanOrEqual(2);

    await cluster.apply(toYaml(next), BY_PULUMI);
    await available();
    expect(await shares()).toEqual({ "digits-1-1-0": 100, "digits-1-2-0": 0 });
    expect(await untouched()).toEqual(before);

    await cluster.kubectl(["delete", "-f", "-"], yamlOf(retired));
    expect(await liveObjects(cluster, retired)).toEqual([]);
    expect(await shares()).toEqual({ "digits-1-1-0": 100, "digits-1-2-0": 0 });
    expect(await untouched()).toEqual(before);
  });
});
