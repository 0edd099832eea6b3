import { name, props } from "../../examples/digits-bandit/props";
import { planBanditRollout, toYaml } from "../../lib";
import { eventually } from "../support/cluster";
import { describeWithMesh } from "../support/cluster-mesh";
import { fourSigma } from "../support/four-sigma";
import { localDigits, MeshServers, SAMPLES } from "../support/mesh-servers";
import { MeshTraffic } from "../support/mesh-traffic";

const REQUESTS = 1000;
const VERSIONS = props.arms.map(({ version }) => version);

describeWithMesh("a bandit of three arms behind a real gateway", (cluster, mesh) => {
  const namespace = cluster.namespace();
  const host = `${namespace}.example.com`;
  const traffic = new MeshTraffic(mesh, host, SAMPLES);
  const processes = new MeshServers(cluster, mesh, namespace);

  /** The program that declares a split; one replica per track, so that one process is the whole track. */
  function plan(...weights: number[]) {
    const planned = planBanditRollout(name, {
      ...props,
      arms: props.arms.map(localDigits),
      traffic: {
        ...props.traffic,
        split: Object.fromEntries(VERSIONS.map((version, i) => [version, weights[i] ?? 0])),
      },
      autoscaling: { minReplicas: 1, maxReplicas: 1 },
      routing: { istio: { hosts: [host], gateways: ["test/public"] } },
      namespace,
    });
    expect(planned.findings).toEqual([]);
    return planned;
  }

  const apply = (...weights: number[]) => cluster.apply(toYaml(plan(...weights)), { serverSide: true });

  it("divides the requests as the split says", async () => {
    await apply(50, 30, 20);
    await Promise.all(plan(50, 30, 20).tracks.map((track) => processes.start(plan(50, 30, 20), track)));
    await eventually(
      () => traffic.send(60),
      (answers) => answers.every(({ right }) => right) && new Set(answers.map(({ version }) => version)).size === 3,
    );
    const answers = await traffic.send(REQUESTS);
    expect(answers.filter(({ right }) => !right)).toEqual([]);
    for (const [i, share] of [0.5, 0.3, 0.2].entries()) {
      const answered = answers.filter(({ version }) => version === VERSIONS[i]).length;
      expect(Math.abs(answered - REQUESTS * share)).toBeLessThanOrEqual(fourSigma(REQUESTS, share));
    }
  });

  it("loses no request when an arm is removed, and none reaches it any more", async () => {
    const answers = await traffic.during(async (flow) => {
      await flow.for(100);
      await apply(80, 0, 20);
      await flow.until(
        (recent) => recent.length >= 200 && recent.slice(-200).every(({ version }) => version !== "1.1.0"),
      );
    });
    expect(answers.filter(({ right }) => !right)).toEqual([]);
    const after = await traffic.send(300);
    expect(new Set(after.map(({ version }) => version))).toEqual(new Set(["1.0.0", "1.2.0"]));
  });
});
