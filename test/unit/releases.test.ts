import { canonicalJson } from "../../lib/core/canonical";
import {
  planBanditRollout,
  planCanaryRollout,
  type BusinessMetricProps,
  type CanaryRolloutProps,
  type ModelVersionProps,
  type Plan,
} from "../../lib";
import { inDependencyOrder } from "../../lib/adapters/order";
import { canaryProps } from "../support/plans";

const version = (number: string): ModelVersionProps => ({
  version: number,
  uri: `s3://models/recommender/${number}/model.onnx`,
  sha256: number.replaceAll(".", "").padEnd(64, "0"),
});

/** The program of one release at one stage. */
function release(stable: string, canary: string, stage?: number): Plan {
  const props: CanaryRolloutProps = {
    ...canaryProps,
    stable: version(stable),
    canary: version(canary),
    traffic: {
      weights: [5, 25, 100],
      interval: "10m",
      ...(stage !== undefined && { stage: { canary, number: stage } }),
    },
  };
  const plan = planCanaryRollout("recommender", props);
  expect(plan.findings).toEqual([]);
  return plan;
}

const textOf = (plan: Plan, role: string) => canonicalJson(plan.objects[role]?.manifest);

/** Roles whose object is not the same in both programs, by what an engine would do with them. */
function changes(before: Plan, after: Plan) {
  const [old, now] = [Object.keys(before.objects), Object.keys(after.objects)];
  return {
    created: now.filter((role) => !old.includes(role)),
    updated: now.filter((role) => old.includes(role) && textOf(before, role) !== textOf(after, role)),
    deleted: old.filter((role) => !now.includes(role)),
  };
}

/** The share of each track's Service, as callers of the root route get it from these objects. */
function shares(objects: ReadonlyMap<string, unknown>): Record<string, number> {
  const root = objects.get("route") as { spec: { http: { delegate: { name: string } }[] } };
  const name = root.spec.http[0]?.delegate.name;
  const split = [...objects.values()].find((object) => {
    const { kind, metadata } = object as { kind: string; metadata: { name: string } };
    return kind === "VirtualService" && metadata.name === name;
  }) as { spec: { http: { route: { destination: { host: string }; weight: number }[] }[] } };
  const routes = split.spec.http[0]?.route ?? [];
  return Object.fromEntries(routes.map(({ destination, weight }) => [destination.host, weight]));
}

/** What callers get after every single step of an update: creations and updates in order of dependency, then deletions in reverse. */
function sharesDuring(before: Plan, after: Plan): Record<string, number>[] {
  const live = new Map<string, unknown>(Object.entries(before.objects).map(([role, { manifest }]) => [role, manifest]));
  const seen = [shares(live)];
  for (const { role, manifest } of inDependencyOrder(after.objects)) {
    live.set(role, manifest);
    seen.push(shares(live));
  }
  for (const { role } of inDependencyOrder(before.objects).reverse()) {
    if (!(role in after.objects)) live.delete(role);
    seen.push(shares(live));
  }
  return seen;
}

/** The rules of the metrics that the servers read in a plan. */
function rulesIn(plan: Plan): unknown {
  const { data } = plan.objects["feedback"]?.manifest as unknown as { data: Record<string, string> };
  return JSON.parse(data["metrics.json"] ?? "");
}

describe("metrics belong to a rollout, and not to a version", () => {
  const withMetrics = (...metrics: BusinessMetricProps[]): Plan =>
    planCanaryRollout("recommender", { ...canaryProps, analysis: { metrics } });

  test("another maturity or another metric changes one object, and restarts no pod", () => {
    const [before, after] = [
      withMetrics({ name: "accuracy" }),
      withMetrics({ name: "accuracy", maturity: "3m" }, { name: "stars", lowerBound: 1, upperBound: 5 }),
    ];
    const { updated } = changes(before, after);
    expect(updated.filter((role) => !/-(comparison|record)$/.test(role))).toEqual(["feedback"]);
    expect(rulesIn(after)).toEqual({
      accuracy: { lowerBound: 0, upperBound: 1, maturitySeconds: 180 },
      stars: { lowerBound: 1, upperBound: 5, maturitySeconds: 0 },
    });
  });

  test("without a metric there are no rules", () => {
    expect(changes(withMetrics({ name: "accuracy" }), withMetrics()).deleted).toEqual(["feedback"]);
  });

  test("of a reward that is a guardrail as well, the stricter rule holds", () => {
    const plan = planBanditRollout("recommender", {
      arms: [version("2.2.0"), version("2.3.0")],
      objectives: canaryProps.objectives,
      routing: canaryProps.routing,
      reward: { metric: "revenue", upperBound: 500, maturity: "1h" },
      analysis: { metrics: [{ name: "revenue", lowerBound: 1, upperBound: 900, maturity: "2h" }] },
    });
    expect(rulesIn(plan)).toEqual({ revenue: { lowerBound: 1, upperBound: 500, maturitySeconds: 7200 } });
  });
});

describe("releases follow each other", () => {
  test("a stage is one changed object: the split, and in it the weights", () => {
    for (const stage of [0, 1, 2]) {
      expect(changes(release("2.2.0", "2.3.0", stage), release("2.2.0", "2.3.0", stage + 1))).toEqual({
        created: [],
        updated: ["2-2-0-2-3-0-split"],
        deleted: [],
      });
    }
  });

  test("after a promotion the promoted track stays as it is, object for object", () => {
    const { created, updated, deleted } = changes(release("2.2.0", "2.3.0", 4), release("2.3.0", "2.4.0"));
    expect(updated).toEqual(["route"]);
    expect(created.every((role) => role.startsWith("2-4-0-") || role.startsWith("2-3-0-2-4-0-"))).toBe(true);
    expect(deleted.every((role) => role.startsWith("2-2-0-"))).toBe(true);
    expect(created).toHaveLength(13);
    expect(deleted).toHaveLength(13);
  });

  test("at no time during the update is a user served by the unproven version, or moved away from the promoted one", () => {
    for (const during of sharesDuring(release("2.2.0", "2.3.0", 4), release("2.3.0", "2.4.0"))) {
      expect(during["recommender-2-3-0"]).toBe(100);
      expect(during["recommender-2-4-0"] ?? 0).toBe(0);
    }
  });

  test("after a rollback the next candidate also starts at 0%", () => {
    for (const during of sharesDuring(release("2.2.0", "2.3.0", 0), release("2.2.0", "2.3.1"))) {
      expect(during["recommender-2-2-0"]).toBe(100);
    }
  });

  test("a stage that one version reached does not carry over to the next", () => {
    const { findings, objects } = planCanaryRollout("recommender", {
      ...canaryProps,
      stable: version("2.3.0"),
      canary: version("2.4.0"),
      traffic: { weights: [5, 25, 100], stage: { canary: "2.3.0", number: 4 } },
    });
    expect(objects).toEqual({});
    expect(findings.map(({ code, path }) => ({ code, path }))).toEqual([
      { code: "SLW105", path: "traffic.stage.canary" },
    ]);
  });

  test("the oldest track is deleted last, after its split and its record", () => {
    const before = release("2.2.0", "2.3.0", 4);
    const deletion = inDependencyOrder(before.objects)
      .reverse()
      .map(({ role }) => role);
    const at = (role: string) => deletion.indexOf(role);
    expect(at("route")).toBeLessThan(at("2-2-0-2-3-0-split"));
    expect(at("2-2-0-2-3-0-split")).toBeLessThan(at("2-2-0-2-3-0-record"));
    expect(at("2-2-0-2-3-0-record")).toBeLessThan(at("2-2-0-deployment"));
  });
});
