import { name, props } from "../../examples/digits-shadow/props";
import { planShadowDeployment, toYaml } from "../../lib";
import { CONTRACT } from "../../lib/core/contract";
import { eventually } from "../support/cluster";
import { describeWithMesh } from "../support/cluster-mesh";
import { localDigits, MeshServers, SAMPLES } from "../support/mesh-servers";
import { MeshTraffic } from "../support/mesh-traffic";

const REQUESTS = 400;

describeWithMesh("the digits shadow behind a real gateway", (cluster, mesh) => {
  const namespace = cluster.namespace();
  const host = `${namespace}.example.com`;
  const traffic = new MeshTraffic(mesh, host, SAMPLES);
  const servers = new MeshServers(cluster, mesh, namespace);

  const plan = planShadowDeployment(name, {
    ...props,
    live: localDigits(props.live),
    shadow: localDigits(props.shadow),
    percent: 50,
    autoscaling: { minReplicas: 1, maxReplicas: 1 },
    routing: { istio: { hosts: [host], gateways: ["test/public"] } },
    namespace,
  });
  const [live, shadow] = plan.tracks;

  it("answers only with the live version, while the shadow gets copies", async () => {
    expect(plan.findings).toEqual([]);
    if (live === undefined || shadow === undefined) throw new Error("a shadow has two tracks");
    await cluster.apply(toYaml(plan), { serverSide: true });
    await servers.start(plan, live);
    // There is no DNS in this mesh, so the address replaces the name in the settings.
    await servers.start(plan, shadow, { [CONTRACT.env.comparisonLive]: await servers.addressOf(live) });
    await eventually(
      () => traffic.send(20),
      (answers) => answers.every(({ right }) => right),
    );
    const answers = await traffic.send(REQUESTS);
    expect(answers.filter(({ right, version }) => !right || version !== "1.0.0")).toEqual([]);
  });

  const ofShadow = (metric: string, ...more: string[]) =>
    `sum(${metric}{${[`namespace="${namespace}"`, `version="${props.shadow.version}"`, ...more].join()}})`;

  it("compares the predictions of the copies that Envoy marks with those that users got", async () => {
    const pairs = ofShadow(CONTRACT.metrics.comparisonPairs);
    await eventually(
      () => traffic.send(40).then(() => mesh.query(pairs)),
      ([sum]) => (sum?.value ?? 0) >= 100,
    );
    const [agreed] = await mesh.query(`${ofShadow(CONTRACT.metrics.comparisonPairs, 'agrees="true"')} / ${pairs}`);
    // Both versions predict the same for 356 of the 360 samples.
    expect(agreed?.value).toBeGreaterThan(0.95);
    expect(agreed?.value).toBeLessThanOrEqual(1);
    const [copies] = await mesh.query(ofShadow(`${CONTRACT.metrics.duration}_count`));
    expect(copies?.value).toBeGreaterThan(REQUESTS * 0.35);
  });

  it("does not serve the predictions of others through the gateway", async () => {
    const path = CONTRACT.paths.kept.replace("{model}", name);
    const { status } = await mesh.ask(host, path, { body: JSON.stringify({ ids: [] }) });
    expect(status).toBe(403);
  });
});
