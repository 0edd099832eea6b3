import { name, props } from "../../examples/digits-ab-test/props";
import { planAbTest, toYaml, type AbTestProps } from "../../lib";
import { CONTRACT } from "../../lib/core/contract";
import { eventually } from "../support/cluster";
import { describeWithMesh } from "../support/cluster-mesh";
import { localDigits, MeshServers } from "../support/mesh-servers";

const USERS = 60;
const PATH = `/v2/models/${name}/infer`;
const BODY = JSON.stringify({
  inputs: [{ name: "image", datatype: "FP32", shape: [1, 64], data: new Array<number>(64).fill(0) }],
});

describeWithMesh("the digits test behind a real gateway", (cluster, mesh) => {
  const namespace = cluster.namespace();
  const host = `${namespace}.example.com`;
  const servers = new MeshServers(cluster, mesh, namespace);

  function plan(split: AbTestProps["split"]) {
    const planned = planAbTest(name, {
      ...props,
      variants: props.variants.map(localDigits),
      ...(split && { split }),
      autoscaling: { minReplicas: 1, maxReplicas: 1 },
      routing: { istio: { hosts: [host], gateways: ["test/public"] } },
      namespace,
    });
    expect(planned.findings).toEqual([]);
    return planned;
  }

  /** The version that answers, and the cookie in its answer. */
  async function ask(headers: Readonly<Record<string, string>> = {}) {
    const answer = await mesh.ask(host, PATH, { headers, body: BODY });
    const version = /^(\d+\.\d+\.\d+)\./.exec(String(answer.headers[CONTRACT.headers.predictionId]))?.[1];
    const [cookie] = [answer.headers["set-cookie"] ?? []].flat();
    return { status: answer.status, version, cookie: cookie?.split(";")[0] };
  }

  const cookies: string[] = [];
  const first: (string | undefined)[] = [];

  it("assigns new users, and gives each a cookie", async () => {
    const planned = plan({ "1.0.0": 50, "1.1.0": 50 });
    await cluster.apply(toYaml(planned), { serverSide: true });
    await Promise.all(planned.tracks.map((track) => servers.start(planned, track)));
    await eventually(
      () => Promise.all(Array.from({ length: 20 }, () => ask())),
      (answers) =>
        answers.every(({ status }) => status === 200) && new Set(answers.map((each) => each.version)).size === 2,
    );
    for (let i = 0; i < USERS; i++) {
      const { version, cookie } = await ask();
      expect(cookie).toMatch(/^slipway-\w{8}=\d{1,2}$/);
      cookies.push(cookie ?? "");
      first.push(version);
    }
    const toVariant = first.filter((version) => version === "1.1.0").length;
    expect(Math.abs(toVariant - USERS / 2)).toBeLessThanOrEqual(4 * Math.sqrt(USERS / 4));
  });

  it("routes a user to the same variant in each of 1,000 requests, and sets no second cookie", async () => {
    for (let i = 0; i < 1000; i++) {
      const user = i % 4;
      const { version, cookie } = await ask({ cookie: `theme=dark; ${cookies[user]}; lang=de` });
      if (version !== first[user] || cookie !== undefined)
        expect({ user, version, cookie }).toEqual({ user, version: first[user] });
    }
  });

  it("accepts the bucket that a caller sends", async () => {
    const answers = await Promise.all([0, 49, 50, 99].map((bucket) => ask({ "x-slipway-bucket": String(bucket) })));
    expect(answers.map(({ version }) => version)).toEqual(["1.0.0", "1.0.0", "1.1.0", "1.1.0"]);
  });

  it("moves only the users of the buckets that the split moves", async () => {
    await cluster.apply(toYaml(plan({ "1.0.0": 75, "1.1.0": 25 })), { serverSide: true });
    const bucketOf = (cookie: string) => Number(cookie.split("=")[1]);
    await eventually(
      () => ask({ "x-slipway-bucket": "60" }),
      ({ version }) => version === "1.0.0",
    );
    for (const [user, cookie] of cookies.entries()) {
      const bucket = bucketOf(cookie);
      const { version } = await ask({ cookie });
      expect({ bucket, version }).toEqual({
        bucket,
        version: bucket >= 50 && bucket < 75 ? "1.0.0" : first[user],
      });
    }
  });
});
