import * as pulumi from "@pulumi/pulumi";
import { Chart, Lazy, Testing } from "cdk8s";
import * as kplus from "cdk8s-plus-27";
import { parseAllDocuments } from "yaml";
import { planCanaryRollout, planModelService, toYaml, type CanaryRolloutProps } from "../../lib";
import * as cdk8sConstructs from "../../lib/cdk8s";
import * as pulumiConstructs from "../../lib/pulumi";
import type { CanaryRolloutArgs } from "../../lib/pulumi";
import { canonicalJson } from "../../lib/core/canonical";
import { canaryProps } from "../support/plans";
import { runProgram, UNKNOWN, unknownLeaf, type Registered } from "../support/pulumi-mocks";

type Manifest = Record<string, unknown>;

/** Props with every leaf that can be deferred, deferred. */
function deferredArgs(leaf: <T extends string>(known: T) => pulumi.Input<string>): CanaryRolloutArgs {
  return {
    ...canaryProps,
    stable: { ...canaryProps.stable, uri: leaf("s3://models/a.onnx") },
    canary: { ...canaryProps.canary, uri: leaf("s3://models/b.onnx") },
    namespace: leaf("models"),
    serving: {
      image: leaf("registry.example.com/serving:1"),
      env: { AWS_REGION: leaf("eu-central-1") },
      serviceAccountAnnotations: { "eks.amazonaws.com/role-arn": leaf("arn:aws:iam::1:role/models") },
    },
    routing: { istio: { hosts: [leaf("recommender.example.com")], gateways: [leaf("istio-ingress/public")] } },
  };
}

const manifestsOf = (registered: readonly Registered[]): Manifest[] =>
  registered.filter(({ custom, type }) => custom && type.startsWith("kubernetes:")).map(({ inputs }) => inputs);

const inOrder = (manifests: readonly unknown[]): string[] =>
  manifests.map((manifest) => canonicalJson(manifest)).sort();

async function viaPulumi(args: CanaryRolloutArgs, preview = false): Promise<Registered[]> {
  return runProgram(() => void new pulumiConstructs.CanaryRollout("recommender", args), { preview });
}

function viaCdk8s(props: CanaryRolloutProps): Manifest[] {
  const chart = new Chart(Testing.app(), "chart");
  new cdk8sConstructs.CanaryRollout(chart, "recommender", props);
  return Testing.synth(chart) as Manifest[];
}

describe("one plan, three outputs", () => {
  test("Pulumi, cdk8s and YAML emit the same objects, to the byte", async () => {
    const known = deferredArgs((value) => value) as CanaryRolloutProps;
    const yaml = parseAllDocuments(toYaml(planCanaryRollout("recommender", known))).map(
      (document) => document.toJS() as Manifest,
    );
    const cdk8s = viaCdk8s(known);
    const registered = await viaPulumi(known);
    expect(cdk8s).toHaveLength(25);
    expect(inOrder(cdk8s)).toEqual(inOrder(yaml));
    expect(inOrder(manifestsOf(registered))).toEqual(inOrder(yaml));
  });

  test("deferred values of either engine are emitted like plain ones", async () => {
    const plain = inOrder(viaCdk8s(deferredArgs((value) => value) as CanaryRolloutProps));
    // Expressions cannot name a namespace that is known only later; the rest is the same.
    const expected = plain.map((text) => text.replaceAll(/,(destination_service_)?namespace=\\"models\\"/g, ""));
    const tokens = deferredArgs((value) => Lazy.any({ produce: () => value }) as string) as CanaryRolloutProps;
    expect(inOrder(viaCdk8s(tokens))).toEqual(expected);
    const outputs = deferredArgs((value) => pulumi.output(Promise.resolve(value)));
    expect(inOrder(manifestsOf(await viaPulumi(outputs)))).toEqual(expected);
  });

  test("a preview with every deferred value unknown registers every object, complete except for the leaf", async () => {
    const known = await viaPulumi(deferredArgs((value) => pulumi.output(Promise.resolve(value))));
    const unknown = await viaPulumi(
      deferredArgs(() => unknownLeaf()),
      true,
    );
    expect(unknown.map(({ name }) => name).sort()).toEqual(known.map(({ name }) => name).sort());
    const leaves = new Set<string>();
    for (const resource of unknown.filter(({ custom }) => custom)) {
      const twin = known.find(({ name, type }) => name === resource.name && type === resource.type) as Registered;
      for (const path of differences(twin.inputs, resource.inputs)) leaves.add(path);
    }
    expect([...leaves].sort()).toEqual([
      "metadata.annotations.eks.amazonaws.com/role-arn",
      "metadata.namespace",
      "spec.gateways.0",
      "spec.hosts.0",
      "spec.template.spec.containers.0.env.0.value",
      "spec.template.spec.containers.0.env.5.value",
      "spec.template.spec.containers.0.image",
    ]);
  });
});

/** Paths at which the second value is unknown; any other difference throws. */
function differences(known: unknown, found: unknown, path = ""): string[] {
  if (found === UNKNOWN) return [path];
  if (typeof known !== "object" || known === null) {
    expect({ path, value: found }).toEqual({ path, value: known });
    return [];
  }
  expect({ path, keys: Object.keys(found as object).sort() }).toEqual({ path, keys: Object.keys(known).sort() });
  return Object.entries(known).flatMap(([key, value]) =>
    differences(value, (found as Record<string, unknown>)[key], path === "" ? key : `${path}.${key}`),
  );
}

describe("Pulumi", () => {
  const urnOf = ({ type, name }: Registered) => `slipway:index:CanaryRollout$${type}::${name}`;

  test("the names and types of the children are golden: a change would replace the objects of users", async () => {
    const registered = await viaPulumi(canaryProps);
    expect(
      registered
        .filter(({ custom }) => custom)
        .map(urnOf)
        .sort(),
    ).toMatchInlineSnapshot(`
      [
        "slipway:index:CanaryRollout$kubernetes:apps/v1:Deployment::recommender-2-2-0-deployment",
        "slipway:index:CanaryRollout$kubernetes:apps/v1:Deployment::recommender-2-3-0-deployment",
        "slipway:index:CanaryRollout$kubernetes:autoscaling/v2:HorizontalPodAutoscaler::recommender-2-2-0-autoscaler",
        "slipway:index:CanaryRollout$kubernetes:autoscaling/v2:HorizontalPodAutoscaler::recommender-2-3-0-autoscaler",
        "slipway:index:CanaryRollout$kubernetes:core/v1:ConfigMap::recommender-2-2-0-2-3-0-record",
        "slipway:index:CanaryRollout$kubernetes:core/v1:ConfigMap::recommender-2-2-0-config",
        "slipway:index:CanaryRollout$kubernetes:core/v1:ConfigMap::recommender-2-3-0-config",
        "slipway:index:CanaryRollout$kubernetes:core/v1:ConfigMap::recommender-feedback",
        "slipway:index:CanaryRollout$kubernetes:core/v1:Service::recommender-2-2-0-service",
        "slipway:index:CanaryRollout$kubernetes:core/v1:Service::recommender-2-3-0-service",
        "slipway:index:CanaryRollout$kubernetes:core/v1:ServiceAccount::recommender-2-2-0-service-account",
        "slipway:index:CanaryRollout$kubernetes:core/v1:ServiceAccount::recommender-2-3-0-service-account",
        "slipway:index:CanaryRollout$kubernetes:monitoring.coreos.com/v1:PrometheusRule::recommender-2-2-0-2-3-0-comparison",
        "slipway:index:CanaryRollout$kubernetes:monitoring.coreos.com/v1:PrometheusRule::recommender-2-2-0-alerts",
        "slipway:index:CanaryRollout$kubernetes:monitoring.coreos.com/v1:PrometheusRule::recommender-2-3-0-alerts",
        "slipway:index:CanaryRollout$kubernetes:monitoring.coreos.com/v1:ServiceMonitor::recommender-2-2-0-monitor",
        "slipway:index:CanaryRollout$kubernetes:monitoring.coreos.com/v1:ServiceMonitor::recommender-2-3-0-monitor",
        "slipway:index:CanaryRollout$kubernetes:networking.istio.io/v1:DestinationRule::recommender-2-2-0-destination",
        "slipway:index:CanaryRollout$kubernetes:networking.istio.io/v1:DestinationRule::recommender-2-3-0-destination",
        "slipway:index:CanaryRollout$kubernetes:networking.istio.io/v1:VirtualService::recommender-2-2-0-2-3-0-split",
        "slipway:index:CanaryRollout$kubernetes:networking.istio.io/v1:VirtualService::recommender-route",
        "slipway:index:CanaryRollout$kubernetes:networking.k8s.io/v1:NetworkPolicy::recommender-2-2-0-network-policy",
        "slipway:index:CanaryRollout$kubernetes:networking.k8s.io/v1:NetworkPolicy::recommender-2-3-0-network-policy",
        "slipway:index:CanaryRollout$kubernetes:policy/v1:PodDisruptionBudget::recommender-2-2-0-disruption-budget",
        "slipway:index:CanaryRollout$kubernetes:policy/v1:PodDisruptionBudget::recommender-2-3-0-disruption-budget",
      ]
    `);
  });

  test("children belong to the component, and none ignores a change or declares replicas", async () => {
    const registered = await viaPulumi(canaryProps);
    const component = registered.find(({ type }) => type === "slipway:index:CanaryRollout") as Registered;
    expect(component.name).toBe("recommender");
    const children = registered.filter(({ custom }) => custom);
    expect(children.every(({ parent }) => parent.endsWith("slipway:index:CanaryRollout::recommender"))).toBe(true);
    expect(children.filter(({ ignoreChanges }) => ignoreChanges.length > 0)).toEqual([]);
    for (const { inputs, type } of registered) {
      if (type === "kubernetes:apps/v1:Deployment") expect(inputs.spec).not.toHaveProperty("replicas");
    }
  });

  test("new track, rollout record, split, root: each waits for the one before", async () => {
    const registered = await viaPulumi(canaryProps);
    const dependenciesOf = (name: string) =>
      (registered.find((resource) => resource.name === name) as Registered).dependencies.map(
        (urn) => urn.split("::").at(-1) as string,
      );
    expect(dependenciesOf("recommender-route")).toEqual(["recommender-2-2-0-2-3-0-split"]);
    expect(dependenciesOf("recommender-2-2-0-2-3-0-split")).toEqual(["recommender-2-2-0-2-3-0-record"]);
    const beforeRecord = dependenciesOf("recommender-2-2-0-2-3-0-record");
    for (const part of ["deployment", "service", "autoscaler", "destination", "alerts", "monitor"]) {
      expect(beforeRecord).toContain(`recommender-2-3-0-${part}`);
    }
    expect(dependenciesOf("recommender-2-3-0-service")).toContain("recommender-2-3-0-deployment");
  });

  test("findings stop the program before anything is registered, each with its path", async () => {
    const bad = { ...canaryProps, traffic: { weights: [100], interval: "30" } } as CanaryRolloutArgs;
    let thrown: unknown;
    const registered = await runProgram(
      () => {
        try {
          new pulumiConstructs.CanaryRollout("recommender", bad);
        } catch (error) {
          thrown = error;
        }
      },
      { preview: true },
    );
    expect(registered.filter(({ type }) => type !== "pulumi:pulumi:Stack")).toEqual([]);
    expect(thrown).toBeInstanceOf(pulumi.InputPropertiesError);
    expect((thrown as pulumi.InputPropertiesError).errors?.map(({ propertyPath }) => propertyPath)).toEqual([
      "traffic.interval",
    ]);
  });

  test("ModelService and InferenceAutoscaler register their plans", async () => {
    const model = { model: canaryProps.stable, objectives: { latencyP95: "100ms", errorRate: 0.001 } };
    const registered = await runProgram(
      () => {
        new pulumiConstructs.ModelService("recommender", model);
        const existing = pulumiConstructs.ModelService.fromExisting({ service: "triton", deployment: "triton-server" });
        new pulumiConstructs.InferenceAutoscaler("triton", { deployment: existing.deploymentName });
      },
      { preview: false },
    );
    const planned = Object.keys(planModelService("recommender", model).objects).map((role) => `recommender-${role}`);
    const names = registered.filter(({ custom }) => custom).map(({ name }) => name);
    expect(names.sort()).toEqual([...planned, "triton-autoscaler"].sort());
  });
});

describe("cdk8s", () => {
  test("findings throw once, with all of them, before any object is made", () => {
    const chart = new Chart(Testing.app(), "chart");
    const bad = { ...canaryProps, traffic: { weights: [0], interval: "30" } } as CanaryRolloutProps;
    expect(() => new cdk8sConstructs.CanaryRollout(chart, "recommender", bad)).toThrow(
      /SLW008 traffic\.weights\[0\].*\n.*SLW006 traffic\.interval/,
    );
    expect(chart.node.children).toEqual([]);
  });

  test("fields that a patch adds are kept, including one that cdk8s does not know and a GPU", () => {
    const chart = new Chart(Testing.app(), "chart");
    const gpu = { spec: { template: { spec: { runtimeClassName: "nvidia", unknownToCdk8s: 1 } } } };
    const rollout = new cdk8sConstructs.CanaryRollout(chart, "recommender", {
      ...canaryProps,
      overrides: { deployment: gpu },
    });
    const deployments = (Testing.synth(chart) as Manifest[]).filter(({ kind }) => kind === "Deployment");
    expect(deployments).toHaveLength(2);
    for (const deployment of deployments) {
      expect(deployment).toHaveProperty("spec.template.spec.runtimeClassName", "nvidia");
      expect(deployment).toHaveProperty("spec.template.spec.unknownToCdk8s", 1);
    }
    expect(rollout.node.defaultChild).toBe(rollout.objects.route);
  });

  test("a Deployment of cdk8s-plus leaves its replicas to the autoscaler, and a policy of cdk8s-plus selects our pods", () => {
    const chart = new Chart(Testing.app(), "chart");
    const theirs = new kplus.Deployment(chart, "server", {
      containers: [{ image: "nvcr.io/nvidia/tritonserver:26.07-py3" }],
    });
    cdk8sConstructs.InferenceAutoscaler.attach(chart, "triton", theirs, { maxReplicas: 8 });
    const model = { model: canaryProps.stable, objectives: { latencyP95: "100ms" } };
    const service = new cdk8sConstructs.ModelService(chart, "recommender", model);
    const pods = kplus.Pods.select(chart, "pods", { labels: service.selectorLabels });
    new kplus.NetworkPolicy(chart, "policy", { selector: pods });
    const objects = Testing.synth(chart) as Manifest[];
    const named = (kind: string, name: unknown) =>
      objects.find((object) => object.kind === kind && (object.metadata as { name: string }).name === name);
    expect(named("Deployment", theirs.name)).not.toHaveProperty("spec.replicas");
    expect(named("HorizontalPodAutoscaler", "triton")).toMatchObject({
      spec: { maxReplicas: 8, scaleTargetRef: { kind: "Deployment", name: theirs.name } },
    });
    const policies = objects.filter(({ kind }) => kind === "NetworkPolicy") as { spec: { podSelector: unknown } }[];
    expect(policies[0]?.spec.podSelector).toEqual(policies[1]?.spec.podSelector);
    const stateful = {
      toScalingTarget: () => ({ kind: "StatefulSet", name: "s" }),
      markHasAutoscaler: () => undefined,
    };
    expect(() => cdk8sConstructs.InferenceAutoscaler.attach(chart, "stateful", stateful)).toThrow(/SLW004 workload/);
  });
});
