import { planBlueGreenPair, type BlueGreenPairProps, type Plan } from "../../lib";
import { canonicalJson } from "../../lib/core/canonical";
import { timetableMarkdown } from "../../lib/core/timetable-markdown";
import { rolloutProps, versions } from "../support/plans";

const { stable, canary } = versions;
const props: BlueGreenPairProps = {
  ...rolloutProps,
  blue: stable,
  green: canary,
  live: "blue",
  preview: { hosts: ["preview.example.com"] },
};

function planned(change: Partial<BlueGreenPairProps> = {}): Plan {
  const plan = planBlueGreenPair("recommender", { ...props, ...change });
  expect(plan.findings).toEqual([]);
  return plan;
}

/** Roles whose objects differ between two plans. */
function changed(before: Plan, after: Plan): string[] {
  const roles = new Set([...Object.keys(before.objects), ...Object.keys(after.objects)]);
  const text = (plan: Plan, role: string) => canonicalJson(plan.objects[role]?.manifest);
  return [...roles].filter((role) => text(before, role) !== text(after, role)).sort();
}

const replicas = (plan: Plan, slug: string) =>
  (plan.objects[`${slug}-autoscaler`]?.manifest as unknown as { spec: { minReplicas: number } } | undefined)?.spec
    .minReplicas;

describe("a pair as a program", () => {
  test("the switch and the rollback change one object: the weights", () => {
    const [blue, green] = [planned(), planned({ live: "green" })];
    expect(changed(blue, green)).toEqual(["2-2-0-2-3-0-split"]);
    expect(changed(green, planned())).toEqual(["2-2-0-2-3-0-split"]);
    expect(green.objects["2-2-0-2-3-0-split"]?.manifest).toMatchObject({
      spec: { http: [{ route: [{ weight: 0 }, { weight: 100 }] }] },
    });
  });

  test("blue gets copies of some requests while it runs beside a live green, and only then", () => {
    const http = (change: Partial<BlueGreenPairProps>) =>
      (planned(change).objects["2-2-0-2-3-0-split"]?.manifest as unknown as { spec: { http: unknown[] } }).spec.http[0];
    const copies = {
      mirror: { host: "recommender-2-2-0", port: { number: 80 } },
      mirrorPercentage: { value: 5 },
    };
    expect(http({ live: "green" })).toMatchObject(copies);
    expect(http({ live: "green", idle: "standby" })).toMatchObject(copies);
    expect(http({ live: "green", standbyMirror: 12 })).toMatchObject({ mirrorPercentage: { value: 12 } });
    for (const change of [{}, { live: "green", idle: "retired" }] as const)
      expect(http(change)).not.toHaveProperty("mirror");
  });

  test("the policy has the same copies", () => {
    expect(planned().policy).toMatchObject({ standbyMirrorPercent: 5 });
    const without = planBlueGreenPair("recommender", { ...props, live: "green", standbyMirror: 0 });
    expect(without.policy).not.toHaveProperty("standbyMirrorPercent");
    expect(canonicalJson(without.objects["2-2-0-2-3-0-split"]?.manifest)).not.toContain("mirror");
  });

  test("green has its full size before the switch; on standby blue is small and green autoscales", () => {
    const full = planned();
    expect([replicas(full, "2-2-0"), replicas(full, "2-3-0")]).toEqual([2, 20]);
    const standby = planned({ live: "green", idle: "standby" });
    expect([replicas(standby, "2-2-0"), replicas(standby, "2-3-0")]).toEqual([1, 2]);
  });

  test("no Deployment or Service changes from the preparation to the standby", () => {
    const roles = changed(planned(), planned({ live: "green", idle: "standby" }));
    expect(roles.filter((role) => /deployment|service$|config$/.test(role))).toEqual([]);
  });

  test("a retired color has no objects and no route", () => {
    const retired = planned({ live: "green", idle: "retired" });
    expect(Object.keys(retired.objects).filter((role) => /^2-2-0-(?!2-3-0)/.test(role))).toEqual([]);
    expect(canonicalJson(retired.objects["2-2-0-2-3-0-split"]?.manifest)).not.toContain('"recommender-2-2-0"');
    expect(retired.tracks.map(({ version }) => version)).toEqual(["2.3.0"]);
    // A failed green is removed in the same way, together with its preview.
    const withoutGreen = planned({ idle: "retired" });
    expect(withoutGreen.objects["preview"]).toBeUndefined();
    expect(withoutGreen.tracks.map(({ version }) => version)).toEqual(["2.2.0"]);
  });

  test("the preview always routes to green", () => {
    for (const live of ["blue", "green"] as const)
      expect(planned({ live }).objects["preview"]?.manifest).toMatchObject({
        spec: {
          hosts: ["preview.example.com"],
          http: [{ route: [{ destination: { host: "recommender-2-3-0", port: { number: 80 } } }] }],
        },
      });
  });

  test("the next pair does not change the version that it keeps", () => {
    const next = { ...canary, version: "2.4.0", uri: "s3://models/recommender/2.4.0/model.onnx" };
    const before = planned({ live: "green", idle: "retired" });
    const after = planned({ blue: canary, green: next });
    const roles = changed(before, after).filter((role) => role.startsWith("2-3-0-") && !role.includes("2-4-0"));
    // It becomes blue: only the scale-down window of its autoscaler differs.
    expect(roles).toEqual(["2-3-0-autoscaler"]);
  });

  test("the timetable marks the declared stage", () => {
    const current = (change: Partial<BlueGreenPairProps>) => planned(change).timetable?.current;
    expect(current({})).toBe(0);
    expect(current({ live: "green" })).toBe(1);
    expect(current({ live: "green", idle: "standby" })).toBe(2);
    expect(current({ live: "green", idle: "retired" })).toBe(3);
    const { timetable } = planned({ watchFor: "30m" });
    expect(timetable && timetableMarkdown(timetable)).toMatchSnapshot();
    const notes = planned({ analysis: { metrics: [{ name: "accuracy" }] } }).timetable?.notes;
    expect(notes?.join("\n")).toMatch(
      /A copy gets no feedback, so accuracy can be compared only with the values from before/,
    );
  });
});

describe("findings", () => {
  const found = (change: Partial<BlueGreenPairProps>) =>
    planBlueGreenPair("recommender", { ...props, ...change }).findings.map(
      ({ code, path, message }) => `${code} ${path}: ${message}`,
    );

  test.each<[string, Partial<BlueGreenPairProps>, string]>([
    ["one version twice", { green: stable }, "SLW101 green.version: 2.2.0 is already the version of blue."],
    [
      "more prepared than the autoscaler may have",
      { preparedReplicas: 21 },
      "SLW301 preparedReplicas: 21 is not between minReplicas, 2, and maxReplicas, 20.",
    ],
    ["a large standby", { standbyReplicas: 21 }, "SLW302 standbyReplicas: 21 is more than maxReplicas, 20."],
    [
      "a preview on the live host",
      { preview: { hosts: ["recommender.example.com"] } },
      'SLW303 preview.hosts[0]: "recommender.example.com" is a host of the live version as well, so users would reach green before it is tested.',
    ],
    [
      "a preview without a host",
      { preview: { hosts: [] } },
      "SLW209 preview.hosts: it is empty, so no request could reach green.",
    ],
    [
      "a switch as well as a controller",
      { controller: { enabled: true }, live: "green" },
      "SLW005 live: both this program and a controller make the switch.",
    ],
    [
      "a retirement as well as a controller",
      { controller: { enabled: true }, idle: "retired" },
      "SLW005 idle: both this program and a controller make the switch.",
    ],
    [
      "a monitoring time that is too short",
      { watchFor: "20s" },
      "SLW106 watchFor: 20s contains fewer than 4 scrapes, one every 15s.",
    ],
    [
      "no copies for blue",
      { standbyMirror: 0 },
      "SLW304 standbyMirror: with 0% of the requests copied to blue, green is compared only with what blue did before the switch, so an outage or a busy hour looks like a regression of green.",
    ],
    ["a monitoring time that is too long", { watchFor: "2h" }, 'SLW006 watchFor: "2h" is out of range.'],
    [
      "nothing to judge by",
      { monitoring: { enabled: false } },
      "SLW203 monitoring.enabled: it is false, so there would be nothing to judge the rollout by.",
    ],
  ])("%s", (_what, change, expected) => {
    // A controller is always rejected.
    expect(found(change).filter((finding) => !finding.startsWith("SLW211"))).toEqual([expected]);
  });
});
