import { name, props } from "../../examples/digits-ab-test/props";
import { planAbTest, toYaml } from "../../lib";
import { CONTRACT } from "../../lib/core/contract";
import { bucketOf, bucketOwners } from "../../lib/strategies/ab-test/buckets";
import { eventually } from "../support/cluster";
import { describeWithMesh } from "../support/cluster-mesh";
import { localDigits, MeshServers } from "../support/mesh-servers";

const GATEWAY_NAMESPACE = "istio-system";
const PATH = `/v2/models/${name}/infer`;
const BODY = JSON.stringify({
  inputs: [{ name: "image", datatype: "FP32", shape: [1, 64], data: new Array<number>(64).fill(0) }],
});
const USERS = [
  "alice",
  "bob",
  "Zoë",
  "",
  "7c9e6679-7425-40de-944b-e07fc1f90ae7",
  ...Array.from({ length: 200 }, (_, i) => `user-${i}`),
];

describeWithMesh("a gateway that hashes users", (cluster, mesh) => {
  const namespace = cluster.namespace();
  const host = `${namespace}.example.com`;
  const servers = new MeshServers(cluster, mesh, namespace);
  const [userHeader, salt] = ["x-user-id", namespace];

  const plan = planAbTest(name, {
    ...props,
    variants: props.variants.map(localDigits),
    unit: { hash: { header: userHeader, salt } },
    autoscaling: { minReplicas: 1, maxReplicas: 1 },
    routing: { istio: { hosts: [host], gateways: ["test/public"] } },
    network: { gatewayNamespace: GATEWAY_NAMESPACE },
    namespace,
  });
  const { metadata } = plan.objects["1-0-0-1-1-0-buckets"]?.manifest ?? {};
  // It is in the gateway's namespace, which outlives that of the test.
  afterAll(() =>
    cluster.kubectl(["delete", "envoyfilter", String(metadata?.name), `--namespace=${GATEWAY_NAMESPACE}`]),
  );

  async function ask(headers: Readonly<Record<string, string>>) {
    const answer = await mesh.ask(host, PATH, { headers, body: BODY });
    const version = /^(\d+\.\d+\.\d+)\./.exec(String(answer.headers[CONTRACT.headers.predictionId]))?.[1];
    return { status: answer.status, version };
  }

  it("routes each user by the hash of their id, and ignores a bucket header that they send", async () => {
    expect(plan.findings).toEqual([]);
    await cluster.apply(toYaml(plan), { serverSide: true });
    await Promise.all(plan.tracks.map((track) => servers.start(plan, track)));
    const owners = bucketOwners({ "1.0.0": 50, "1.1.0": 50 });
    const expected = (user: string) => owners[bucketOf(user, salt)];
    const [bucketHeader = ""] = /x-slipway-bucket-\w+/.exec(toYaml(plan)) ?? [];
    expect(bucketHeader).not.toBe("");
    const probe = USERS.slice(5, 25);
    await eventually(
      () => Promise.all(probe.map((user) => ask({ [userHeader]: user }))),
      (answers) => answers.every(({ version }, i) => version === expected(probe[i] ?? "")),
    );
    for (const user of USERS) {
      const spoofed = { [bucketHeader]: expected(user) === "1.0.0" ? "99" : "0" };
      const sent = Buffer.from(user).toString("latin1"); // bytes of UTF-8, as clients send them
      expect({ user, ...(await ask({ [userHeader]: sent, ...spoofed })) }).toEqual({
        user,
        status: 200,
        version: expected(user),
      });
    }
  });
});
