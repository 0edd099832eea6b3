import type { Manifest, Plan } from "../../lib";
import { samplePlans } from "../support/sample-plans";

type Labels = Readonly<Record<string, string>>;

interface Selector {
  readonly matchLabels: Labels;
}

interface DeploymentSpec {
  readonly selector: Selector;
  readonly template: {
    readonly metadata: { readonly labels: Labels };
    readonly spec: {
      readonly serviceAccountName: string;
      readonly containers: readonly [{ readonly ports: readonly { name: string; containerPort: number }[] }];
      readonly volumes: readonly { readonly configMap?: { readonly name: string; readonly optional?: boolean } }[];
      readonly topologySpreadConstraints: readonly { readonly labelSelector: Selector }[];
    };
  };
}

interface ServiceSpec {
  readonly selector: Labels;
  readonly ports: readonly { readonly name: string; readonly port: number; readonly targetPort: string }[];
}

interface VirtualServiceSpec {
  readonly http: readonly {
    readonly delegate?: { readonly name: string };
    readonly route?: readonly { destination: { host: string; port: { number: number } }; weight: number }[];
  }[];
}

// An API server accepts references to objects that do not exist, without a warning.
describe.each(samplePlans.filter(({ plan }) => plan.tracks.length > 0))("$name", ({ plan }) => {
  const tracks = plan.tracks.map(({ name }) => name).sort();
  const deployments = specsOf<DeploymentSpec>(plan, "Deployment");
  const services = specsOf<ServiceSpec>(plan, "Service");

  /** Names of the Deployments whose pods a selector selects. */
  const selected = (labels: Labels): string[] =>
    deployments.filter(({ spec }) => isSubset(labels, spec.template.metadata.labels)).map(({ name }) => name);

  it("has a Deployment and a Service for each track", () => {
    expect(namesOf(deployments)).toEqual(tracks);
    expect(namesOf(services)).toEqual(expect.arrayContaining(tracks));
  });

  it("selects with every selector the pods of exactly one track", () => {
    for (const { name, spec } of deployments) {
      expect(selected(spec.selector.matchLabels)).toEqual([name]);
      for (const { labelSelector } of spec.template.spec.topologySpreadConstraints)
        expect(selected(labelSelector.matchLabels)).toEqual([name]);
    }
    const selections = [
      ...services.map(({ name, spec }) => ({ name, labels: spec.selector })),
      ...specsOf<{ selector: Selector }>(plan, "PodDisruptionBudget").map(({ name, spec }) => ({
        name,
        labels: spec.selector.matchLabels,
      })),
      ...specsOf<{ podSelector: Selector }>(plan, "NetworkPolicy").map(({ name, spec }) => ({
        name,
        labels: spec.podSelector.matchLabels,
      })),
    ];
    for (const { name, labels } of selections) {
      // An object that belongs to no single track, such as the policy of a shadow, still selects one.
      expect(selected(labels)).toEqual(tracks.includes(name) ? [name] : [expect.any(String)]);
    }
  });

  it("runs pods whose ServiceAccount and ConfigMap exist", () => {
    const accounts = namesOf(specsOf(plan, "ServiceAccount"));
    const configs = namesOf(specsOf(plan, "ConfigMap"));
    for (const { serviceAccountName, volumes } of deployments.map(({ spec }) => spec.template.spec)) {
      expect(accounts).toContain(serviceAccountName);
      const required = volumes.filter(({ configMap }) => configMap?.optional !== true);
      const mounted = required.flatMap(({ configMap }) => (configMap ? [configMap.name] : []));
      expect(mounted).not.toEqual([]);
      expect(configs).toEqual(expect.arrayContaining(mounted));
    }
  });

  it("maps the port of each Service and of each NetworkPolicy to one of the container", () => {
    for (const { name, spec } of services) {
      const names = portsOf(spec.selector).map((port) => port.name);
      const led = spec.ports.map(({ targetPort }) => targetPort);
      if (tracks.includes(name)) expect(names).toEqual(led);
      else expect(names).toEqual(expect.arrayContaining(led));
    }
    type Policy = {
      readonly podSelector: Selector;
      readonly ingress: readonly { readonly ports: readonly { readonly port: number }[] }[];
    };
    for (const { name, spec } of specsOf<Policy>(plan, "NetworkPolicy")) {
      const numbers = portsOf(spec.podSelector.matchLabels).map(({ containerPort }) => containerPort);
      const admitted = spec.ingress.flatMap(({ ports }) => ports.map(({ port }) => port));
      if (tracks.includes(name)) expect(admitted).toEqual(numbers);
      else expect(numbers).toEqual(expect.arrayContaining(admitted));
    }
  });

  it("scales each Deployment by one autoscaler, and leaves its replicas to it", () => {
    const scaled = specsOf<{ scaleTargetRef: { name: string } }>(plan, "HorizontalPodAutoscaler");
    expect(scaled.map(({ spec }) => spec.scaleTargetRef.name).sort()).toEqual(tracks);
    for (const { spec } of deployments) expect(spec).not.toHaveProperty("replicas");
  });

  it("scrapes a port that a Service has", () => {
    type Monitor = { readonly selector: Selector; readonly endpoints: readonly { readonly port: string }[] };
    const monitors = specsOf<Monitor>(plan, "ServiceMonitor");
    const isMonitored = Object.values(plan.objects).some(({ manifest }) => manifest.kind === "PrometheusRule");
    expect(namesOf(monitors)).toEqual(isMonitored ? tracks : []);
    for (const { name, spec } of monitors) {
      const matched = services.filter((service) => isSubset(spec.selector.matchLabels, service.metadata.labels ?? {}));
      expect(namesOf(matched)).toEqual([name]);
      expect(matched[0]?.spec.ports.map((port) => port.name)).toEqual(
        expect.arrayContaining(spec.endpoints.map(({ port }) => port)),
      );
    }
  });

  function portsOf(labels: Labels) {
    const found = deployments.find(({ spec }) => isSubset(labels, spec.template.metadata.labels));
    if (found === undefined) throw new Error(`nothing is selected by ${JSON.stringify(labels)}`);
    return found.spec.template.spec.containers[0].ports;
  }
});

describe.each(samplePlans.filter(({ plan }) => plan.construct === "CanaryRollout"))(
  "the routes of $name",
  ({ plan }) => {
    const services = specsOf<ServiceSpec>(plan, "Service");
    const routes = specsOf<VirtualServiceSpec>(plan, "VirtualService");

    it("route from the hosts to one split, and from there to both tracks", () => {
      const delegates = routes.flatMap(({ spec }) => spec.http.flatMap(({ delegate }) => delegate?.name ?? []));
      expect(delegates).toHaveLength(1);
      const shares =
        routes.find(({ name }) => name === delegates[0])?.spec.http.flatMap(({ route = [] }) => route) ?? [];
      expect(shares.map(({ destination }) => destination.host).sort()).toEqual(namesOf(services));
      expect(shares.reduce((sum, { weight }) => sum + weight, 0)).toBe(100);
      for (const { destination } of shares) {
        const service = services.find(({ name }) => name === destination.host);
        expect(service?.spec.ports.map(({ port }) => port)).toContain(destination.port.number);
      }
    });

    it("have exactly one destination rule for each Service", () => {
      const rules = specsOf<{ readonly host: string }>(plan, "DestinationRule");
      expect(rules.map(({ spec }) => spec.host).sort()).toEqual(namesOf(services));
    });
  },
);

interface Described<Spec> {
  readonly name: string;
  readonly metadata: Manifest["metadata"];
  readonly spec: Spec;
}

function specsOf<Spec>(plan: Plan, kind: string): Described<Spec>[] {
  return Object.values(plan.objects)
    .filter(({ manifest }) => manifest.kind === kind)
    .map(({ manifest: { metadata, spec } }) => ({ name: metadata.name, metadata, spec: spec as Spec }));
}

function namesOf(described: readonly Described<unknown>[]): string[] {
  return described.map(({ name }) => name).sort();
}

function isSubset(labels: Labels, of: Labels): boolean {
  return Object.entries(labels).every(([key, value]) => of[key] === value);
}
