import {
  planAbTest,
  planBanditRollout,
  planBlueGreenPair,
  planCanaryRollout,
  planShadowDeployment,
  type ComparisonProps,
  type Plan,
} from "../../lib";
import { formatFinding } from "../../lib/core/findings/finding";
import { strategyOf, type RolloutPolicy } from "../../lib/strategies/registry";
import { canaryProps, rolloutProps, versions } from "../support/plans";

const { stable, canary } = versions;

/** A plan of each rollout with some analysis. */
const plans: Readonly<Record<string, (analysis: ComparisonProps) => Plan<RolloutPolicy>>> = {
  canary: (analysis) => planCanaryRollout("recommender", { ...canaryProps, analysis }),
  "blue-green": (analysis) =>
    planBlueGreenPair("recommender", { ...rolloutProps, blue: stable, green: canary, live: "blue", analysis }),
  shadow: (analysis) =>
    planShadowDeployment("recommender", { ...rolloutProps, live: stable, shadow: canary, analysis }),
  "A/B test": (analysis) =>
    planAbTest("recommender", {
      ...rolloutProps,
      variants: [stable, canary],
      metric: { name: "clicked" },
      unit: { cookie: {} },
      duration: "14d",
      analysis: { ...analysis, metrics: [{ name: "bounced" }] },
    }),
  bandit: (analysis) =>
    planBanditRollout("recommender", {
      ...rolloutProps,
      arms: [stable, canary],
      reward: { metric: "clicked" },
      analysis,
    }),
};

const destination = ({ objects }: Plan) =>
  (objects["2-3-0-destination"]?.manifest as unknown as { spec: { trafficPolicy: object } }).spec.trafficPolicy;

describe.each(Object.entries(plans))("%s", (_, planned) => {
  it("does not judge the latency of a new replica for 30s by default, and raises its share over this time", () => {
    const plan = planned({});
    expect(plan.policy).toMatchObject({ warmUpSeconds: 30 });
    expect(destination(plan)).toMatchObject({ loadBalancer: { simple: "LEAST_REQUEST", warmup: { duration: "30s" } } });
  });

  it("has no warm-up of 0s", () => {
    const plan = planned({ warmUp: "0s" });
    expect(plan.policy).toMatchObject({ warmUpSeconds: 0 });
    expect(destination(plan)).not.toHaveProperty("loadBalancer");
  });

  it("keeps the share of the warm-up in a stage on a faster clock, because the servers of a rehearsal are warm", () => {
    const { policy } = planned({ warmUp: "45s" });
    if (policy === undefined) throw new Error("no policy");
    expect(strategyOf(policy).onFasterClock(policy, 60)).toMatchObject({ warmUpSeconds: 45 });
  });
});

it("takes at most a quarter of a short stage by default, and the slow start of a pod stays the same", () => {
  const plan = planCanaryRollout("recommender", { ...canaryProps, traffic: { interval: "1m" } });
  expect(plan.policy).toMatchObject({ warmUpSeconds: 15 });
  expect(destination(plan)).toMatchObject({ loadBalancer: { warmup: { duration: "30s" } } });
});

it("must leave half of a stage in which latency counts", () => {
  const found = (warmUp: string) =>
    planCanaryRollout("recommender", { ...canaryProps, analysis: { warmUp } }).findings.map(formatFinding);
  expect(found("15m")).toEqual([]);
  expect(found("16m")).toEqual([
    "SLW114 analysis.warmUp: for 16m of traffic.interval, 30m, latency would not count. Allowed: up to 15m, half of it. Fix: Shorten it, or make traffic.interval longer.",
  ]);
});

it("is shown in the timetable", () => {
  const { timetable } = planCanaryRollout("recommender", canaryProps);
  expect(timetable?.notes).toContain(
    "Latency does not count in the first 30s of a stage, and for 30s after another replica became ready. Errors always count.",
  );
});
