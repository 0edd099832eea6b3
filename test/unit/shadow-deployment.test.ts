import { planCanaryRollout, planShadowDeployment, type Plan, type ShadowDeploymentProps } from "../../lib";
import { canonicalJson } from "../../lib/core/canonical";
import { timetableMarkdown } from "../../lib/core/timetable-markdown";
import { rolloutProps, versions } from "../support/plans";

const props: ShadowDeploymentProps = {
  ...rolloutProps,
  live: versions.stable,
  shadow: versions.canary,
};

function planned(change: Partial<ShadowDeploymentProps> = {}): Plan {
  const plan = planShadowDeployment("recommender", { ...props, ...change });
  const stopped = change.percent === 0 ? ["warning SLW322 percent"] : [];
  expect(plan.findings.map(({ severity, code, path }) => `${severity} ${code} ${path}`)).toEqual(stopped);
  return plan;
}

const text = (plan: Plan, role: string) => canonicalJson(plan.objects[role]?.manifest);

describe("a shadow as a program", () => {
  test("all users are served by the live version; the shadow gets copies", () => {
    expect(planned().objects["2-2-0-2-3-0-split"]?.manifest).toMatchObject({
      spec: {
        http: [
          {
            route: [{ destination: { host: "recommender-2-2-0" }, weight: 100 }],
            mirror: { host: "recommender-2-3-0", port: { number: 80 } },
            mirrorPercentage: { value: 10 },
          },
        ],
      },
    });
  });

  test("stopping the copies changes the split and its record, and deletes nothing", () => {
    const [before, after] = [planned(), planned({ percent: 0 })];
    expect(Object.keys(after.objects)).toEqual(Object.keys(before.objects));
    const changed = Object.keys(before.objects).filter((role) => text(before, role) !== text(after, role));
    // The record contains the plan, so it changes as well.
    expect(changed).toEqual(["2-2-0-2-3-0-record", "2-2-0-2-3-0-split"]);
    expect(text(after, "2-2-0-2-3-0-split")).not.toContain("mirror");
  });

  test("the shadow finds the replicas of the live version by a name, and may call them", () => {
    const { objects } = planned();
    expect(objects["live"]?.manifest).toMatchObject({
      metadata: { name: "recommender-live" },
      spec: { clusterIP: "None", selector: { "slipway.dev/track": "recommender-2-2-0" } },
    });
    expect(objects["2-2-0-2-3-0-comparison-policy"]?.manifest).toMatchObject({
      spec: {
        podSelector: { matchLabels: { "slipway.dev/track": "recommender-2-2-0" } },
        ingress: [
          {
            from: [{ podSelector: { matchLabels: { "slipway.dev/track": "recommender-2-3-0" } } }],
            ports: [{ port: 8080 }],
          },
        ],
      },
    });
    const config = objects["2-3-0-config"]?.manifest as unknown as { data: Record<string, string> };
    expect(JSON.parse(config.data["server.json"] ?? "")).toMatchObject({
      comparison: { keep: true, live: "http://recommender-live:8080", copies: "unless-live" },
    });
  });

  test("a shadow that becomes a canary, and its baseline, stay the same to the byte", () => {
    const before = planned();
    const after = planCanaryRollout("recommender", { ...rolloutProps, ...versions });
    const tracks = Object.keys(before.objects).filter((role) => /^2-[23]-0-(?!2-3-0)/.test(role));
    expect(tracks.length).toBeGreaterThan(18);
    expect(tracks.filter((role) => text(before, role) !== text(after, role))).toEqual([]);
  });

  test("the timetable says what is copied, and for how long", () => {
    const { timetable } = planned();
    expect(timetable?.current).toBe(1);
    expect(planned({ percent: 0 }).timetable?.current).toBe(0);
    expect(timetable && timetableMarkdown(timetable)).toMatchSnapshot();
  });
});

describe("findings", () => {
  test.each<[string, Partial<ShadowDeploymentProps>, string]>([
    [
      "the live version itself",
      { shadow: versions.stable },
      "SLW321 shadow.version: 2.2.0 is already the live version.",
    ],
    ["a share over 100%", { percent: 101 }, "SLW012 percent: 101 is out of range."],
    [
      "an agreement that nothing can reach",
      { agreement: { atLeast: 1 } },
      "SLW012 agreement.atLeast: 1 is out of range.",
    ],
    [
      "a duration of less than four scrapes",
      { duration: "30s" },
      "SLW106 duration: 30s contains fewer than 4 scrapes, one every 15s.",
    ],
    [
      "evidence of another version",
      {
        shadow: {
          ...versions.canary,
          evidence: { version: "2.2.9", sha256: "b".repeat(64), checks: [] },
        },
      },
      "SLW205 shadow.evidence.version: it was made for 2.2.9, not for 2.3.0.",
    ],
  ])("%s", (_what, change, expected) => {
    const plan = planShadowDeployment("recommender", { ...props, ...change });
    expect(plan.findings.map(({ code, path, message }) => `${code} ${path}: ${message}`)).toEqual([expected]);
    expect(plan.objects).toEqual({});
  });

  test("production needs no evidence for a version that serves no users", () => {
    const plan = planShadowDeployment("recommender", {
      ...props,
      environment: "production",
      serving: { image: `registry.example.com/serving@sha256:${"c".repeat(64)}` },
    });
    expect(plan.findings).toEqual([]);
  });
});
