import { name, props } from "../../examples/digits-canary/props";
import { planCanaryRollout, toYaml, type Track } from "../../lib";
import { errorRatio, latencyQuantile } from "../../lib/monitoring/promql";
import { hasMetrics } from "../../lib/monitoring/series";
import { RUNTIMES } from "../../lib/runtimes/registry";
import { eventually } from "../support/cluster";
import { describeWithMesh, type MeshProcess } from "../support/cluster-mesh";
import { localDigits, MeshServers, SAMPLES } from "../support/mesh-servers";
import { MeshTraffic, type TrafficAnswer } from "../support/mesh-traffic";

const REQUESTS = 2000;
/** Stages of the example: its split is 90/10, then 75/25, and at last 0/100. */
const [AT_TEN_PERCENT, AT_A_QUARTER, PROMOTED] = [2, 3, 6];
/** A router gets a change within a fraction of a second; this is far longer, for a busy machine. */
const SWITCHED_WITHIN_MS = 10_000;

describeWithMesh("the digits rollout behind a real gateway", (cluster, mesh) => {
  const namespace = cluster.namespace();
  const host = `${namespace}.example.com`;
  const traffic = new MeshTraffic(mesh, host, SAMPLES);
  const processes = new MeshServers(cluster, mesh, namespace);
  const servers = new Map<string, MeshProcess>();

  /** The program of one stage: one replica per track, so that one process is the whole track. */
  function plan(number: number) {
    const planned = planCanaryRollout(name, {
      ...props,
      stable: localDigits(props.stable),
      canary: localDigits(props.canary),
      traffic: { ...props.traffic, stage: { canary: props.canary.version, number } },
      autoscaling: { minReplicas: 1, maxReplicas: 1 },
      routing: { istio: { hosts: [host], gateways: ["test/public"] } },
      namespace,
    });
    expect(planned.findings).toEqual([]);
    return planned;
  }

  const apply = (stage: number) => cluster.apply(toYaml(plan(stage)), { serverSide: true });

  async function start(track: Track): Promise<void> {
    servers.set(track.version, await processes.start(plan(AT_TEN_PERCENT), track));
  }

  it("starts, and its route reaches both servers", async () => {
    await apply(AT_TEN_PERCENT);
    await Promise.all(plan(AT_TEN_PERCENT).tracks.map(start));
    const versions = (answers: readonly TrafficAnswer[]) => new Set(answers.map(({ version }) => version));
    await eventually(
      () => traffic.send(40),
      (answers) => answers.every(({ right }) => right) && versions(answers).size === 2,
    );
  });

  it(`divides ${REQUESTS} requests as the stage says, and each is answered by the version that it was led to`, async () => {
    const answers = await traffic.send(REQUESTS);
    expect(answers.filter(({ right }) => !right)).toEqual([]);
    const toCanary = answers.filter(({ version }) => version === "1.1.0").length;
    const deviation = Math.sqrt(REQUESTS * 0.1 * 0.9);
    expect(Math.abs(toCanary - REQUESTS * 0.1)).toBeLessThanOrEqual(4 * deviation);

    const routed = (track: string) =>
      `sum(envoy_cluster_upstream_rq{cluster_name="outbound|80||${track}.${namespace}.svc.cluster.local",response_code="200"})`;
    for (const { name: track, version } of plan(AT_TEN_PERCENT).tracks) {
      const answered = traffic.answered(version);
      const counted = await eventually(
        () => mesh.query(routed(track)),
        ([sum]) => (sum?.value ?? 0) >= answered,
      );
      expect(counted[0]?.value).toBe(answered);
    }
  });

  it("has servers with the metrics that the alerts query", async () => {
    // A rate needs requests between two scrapes, so some must arrive after the first.
    const read = (expr: string) =>
      eventually(
        () => traffic.send(20).then(() => mesh.query(expr)),
        ([first]) => Number.isFinite(first?.value),
      );
    for (const { version } of plan(AT_TEN_PERCENT).tracks) {
      const labels = { model: name, version, namespace };
      const series = { ...labels, metrics: RUNTIMES.onnx.metrics };
      if (!hasMetrics(series, "requests", "latency")) throw new Error("the bundled server has both metrics");
      expect(await read(errorRatio(series, "5m"))).toEqual([{ labels, value: 0 }]);
      const [p95] = await read(latencyQuantile(series, 0.95, "5m"));
      expect(p95?.labels).toEqual(labels);
      expect(p95?.value).toBeGreaterThan(0);
    }
  });

  it("loses no request while the split changes and the old version is removed", async () => {
    let switched = Infinity;
    const answers = await traffic.during(async (flow) => {
      await flow.for(200);
      await apply(AT_A_QUARTER);
      await flow.for(500);
      await apply(PROMOTED);
      switched = performance.now();
      await flow.until(
        (recent) => recent.length >= 300 && recent.slice(-300).every(({ version }) => version === "1.1.0"),
      );
      await servers.get("1.0.0")?.stop();
      await flow.for(200);
    });

    expect(answers.filter(({ right }) => !right)).toEqual([]);
    const last = answers.filter(({ version }) => version === "1.0.0").at(-1);
    expect((last?.at ?? 0) - switched).toBeLessThan(SWITCHED_WITHIN_MS);
  });
});
