import {
  formatFinding,
  planCanaryRollout,
  planInferenceAutoscaler,
  toYaml,
  type CanaryRolloutProps,
  type ObjectPatch,
} from "../../lib";
import { canaryProps } from "../support/plans";

const plan = (overrides: Record<string, ObjectPatch>, change: Partial<CanaryRolloutProps> = {}) =>
  planCanaryRollout("recommender", { ...canaryProps, ...change, overrides });

const untouched = planCanaryRollout("recommender", canaryProps);

/** The manifests that an override changed, by role. */
function changed(overrides: Record<string, ObjectPatch>): Record<string, Record<string, unknown>> {
  const { objects, findings } = plan(overrides);
  expect(findings).toEqual([]);
  const entries = Object.entries(objects).map(([role, { manifest }]) => [role, manifest] as const);
  return Object.fromEntries(
    entries.filter(
      ([role, manifest]) => JSON.stringify(manifest) !== JSON.stringify(untouched.objects[role]?.manifest),
    ),
  );
}

const findingsOf = (overrides: Record<string, ObjectPatch>, change: Partial<CanaryRolloutProps> = {}) => {
  const { objects, findings } = plan(overrides, change);
  expect(objects).toEqual({});
  return findings.map(({ code, path, message }) => `${code} ${path}: ${message}`);
};

describe("where an override applies", () => {
  const patch = { spec: { minReadySeconds: 7 } };

  test("a role: exactly that object", () => {
    expect(Object.keys(changed({ "2-3-0-deployment": patch }))).toEqual(["2-3-0-deployment"]);
    expect(Object.keys(changed({ route: { metadata: { annotations: { note: "a" } } } }))).toEqual(["route"]);
  });

  test("a kind of role: every track's", () => {
    expect(Object.keys(changed({ deployment: patch }))).toEqual(["2-2-0-deployment", "2-3-0-deployment"]);
    expect(Object.keys(changed({ "network-policy": { metadata: { annotations: { note: "a" } } } }))).toEqual([
      "2-2-0-network-policy",
      "2-3-0-network-policy",
    ]);
  });

  test("a role takes precedence over its kind, in any order", () => {
    const both = { "2-3-0-deployment": patch, deployment: { spec: { minReadySeconds: 1, revisionHistoryLimit: 2 } } };
    expect(changed(both)).toMatchObject({
      "2-2-0-deployment": { spec: { minReadySeconds: 1, revisionHistoryLimit: 2 } },
      "2-3-0-deployment": { spec: { minReadySeconds: 7, revisionHistoryLimit: 2 } },
    });
  });

  test.each([
    ["deploymnt", 'Write "deployment".'],
    ["2-3-1-deployment", 'Write "2-3-0-deployment".'],
    ["3-0-deployment", 'Write "2-3-0-deployment".'],
    ["__proto__", "Use one of these, or remove the override."],
    ["constructor", "Use one of these, or remove the override."],
  ])("%s matches nothing, and is reported", (key, fix) => {
    const overrides = JSON.parse(JSON.stringify({ key: patch }).replace("key", key)) as Record<string, ObjectPatch>;
    const { objects, findings } = plan(overrides);
    expect(objects).toEqual({});
    expect(findings.map(({ code, path, fix: say }) => [code, path, say])).toEqual([
      ["SLW020", /^[a-z_]+$/.test(key) ? `overrides.${key}` : `overrides["${key}"]`, fix],
    ]);
  });
});

describe("how an override is merged", () => {
  test("objects merge, lists and values replace, and the rest stays", () => {
    const { "2-3-0-autoscaler": autoscaler } = changed({
      "2-3-0-autoscaler": {
        spec: { maxReplicas: 50, behavior: { scaleUp: { policies: [{ type: "Pods", value: 9, periodSeconds: 5 }] } } },
      },
    });
    expect(autoscaler).toMatchObject({
      spec: {
        minReplicas: 2,
        maxReplicas: 50,
        behavior: {
          scaleUp: { selectPolicy: "Max", policies: [{ type: "Pods", value: 9, periodSeconds: 5 }] },
          scaleDown: { stabilizationWindowSeconds: 300 },
        },
      },
    });
  });

  test("null removes a field, which may be absent", () => {
    const { "2-3-0-deployment": deployment } = changed({
      "2-3-0-deployment": {
        spec: { progressDeadlineSeconds: null, paused: null, template: { spec: { topologySpreadConstraints: null } } },
      },
    });
    expect(deployment).not.toHaveProperty("spec.progressDeadlineSeconds");
    expect(deployment).not.toHaveProperty("spec.template.spec.topologySpreadConstraints");
    expect(deployment).toHaveProperty("spec.template.spec.containers");
  });

  test("a patch from JSON cannot change a prototype", () => {
    const evil = JSON.parse(
      '{ "2-3-0-deployment": { "spec": { "__proto__": { "polluted": true }, "constructor": { "prototype": { "polluted": true } } } } }',
    ) as Record<string, ObjectPatch>;
    const { objects } = plan(evil);
    expect({}).not.toHaveProperty("polluted");
    expect(objects["2-3-0-deployment"]?.manifest.spec).toHaveProperty("template");
  });

  test("a deferred value counts as a value", () => {
    const deferred = new (class Deferred {})();
    expect(
      plan({ "2-3-0-deployment": { spec: { template: { spec: { priorityClassName: deferred } } } } }).objects[
        "2-3-0-deployment"
      ],
    ).toHaveProperty("manifest.spec.template.spec.priorityClassName", deferred);
  });
});

describe("what no override may write", () => {
  test.each([
    ["its name", { metadata: { name: "a" } }, "metadata.name"],
    ["its namespace", { metadata: { namespace: "a" } }, "metadata.namespace"],
    ["its kind", { kind: "Pod" }, "kind"],
    ["its selector", { spec: { selector: { matchLabels: { a: "b" } } } }, "spec.selector"],
    ["its selector, removed", { spec: { selector: null } }, "spec.selector"],
    ["all of its metadata", { metadata: null }, "metadata"],
    ["all of its spec", { spec: "a" }, "spec"],
    ["all of its spec, deferred", { spec: Promise.resolve({}) }, "spec"],
    [
      "the labels that the selector selects",
      { spec: { template: { metadata: { labels: { "slipway.dev/track": "a" } } } } },
      'spec.template.metadata.labels["slipway.dev/track"]',
    ],
    ["its replicas", { spec: { replicas: 4 } }, "spec.replicas"],
  ])("%s", (_what, patch, field) => {
    const findings = findingsOf({ deployment: patch });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatch(/^SLW021 /);
    expect(findings[0]?.split(": ")[0]).toBe(`SLW021 overrides.deployment.${field}`);
  });

  test("weights that would bypass the guardrails", () => {
    const all = { http: [{ route: [{ destination: { host: "recommender-2-3-0" }, weight: 100 }] }] };
    expect(findingsOf({ split: { spec: all } })).toEqual([
      "SLW021 overrides.split.spec.http: `spec.http` of 2-2-0-2-3-0-split must not change, because other objects rely on it.",
    ]);
    expect(findingsOf({ route: { spec: all } })).toEqual([
      "SLW021 overrides.route.spec.http: `spec.http` of route must not change, because other objects rely on it.",
    ]);
  });

  test("the fix names the alternative", () => {
    const [finding] = plan({ deployment: { spec: { replicas: 4 } } }).findings;
    expect(finding && formatFinding(finding)).toBe(
      "SLW021 overrides.deployment.spec.replicas: `spec.replicas` of 2-2-0-deployment is owned by the autoscaler. Fix: Set `autoscaling.minReplicas` and `autoscaling.maxReplicas` instead.",
    );
  });
});

test("a construct of one object has one role to override", () => {
  const autoscaler = planInferenceAutoscaler("triton", {
    deployment: "triton.v2",
    overrides: { autoscaler: { metadata: { annotations: { a: "b" } } } },
  });
  expect(toYaml(autoscaler)).toContain("annotations:\n    a: b\n");
});
