import fc from "fast-check";
import { planCanaryRollout, type CanaryTrafficProps } from "../../lib";
import { timetableMarkdown } from "../../lib/core/timetable-markdown";
import { strategyOf } from "../../lib/strategies/registry";
import { CanaryRollout, good, none, policy as base } from "../support/canary-rollout";
import { canaryProps } from "../support/plans";

const planned = (traffic: CanaryTrafficProps) => {
  const plan = planCanaryRollout("recommender", { ...canaryProps, traffic });
  const { policy, timetable } = plan;
  if (policy === undefined || timetable === undefined) throw new Error(JSON.stringify(plan.findings));
  return { ...plan, policy, timetable };
};

const weightsOf = (traffic: CanaryTrafficProps) => planned(traffic).policy.stages.map(({ weight }) => weight);

interface SplitSpec {
  readonly http: readonly { readonly route: readonly { readonly weight: number }[] }[];
}

const declared = (traffic: CanaryTrafficProps, number: number) => {
  const { objects } = planned({ ...traffic, stage: { canary: "2.3.0", number } });
  const { spec } = objects["2-2-0-2-3-0-split"]?.manifest as unknown as { spec: SplitSpec };
  return spec.http[0]?.route.map(({ weight }) => weight);
};

describe("the plan of a canary with a holdback", () => {
  it.each<[string, CanaryTrafficProps, number[]]>([
    ["5% by default", { weights: [5, 50, 100] }, [5, 50, 95]],
    ["what is declared", { weights: [5, 50, 100], holdback: 10 }, [5, 50, 90]],
    ["nothing", { weights: [5, 50, 100], holdback: 0 }, [5, 50, 100]],
    ["no less than the holdback, whatever weights are declared", { weights: [5, 50, 97, 100] }, [5, 50, 95]],
    ["the holdback after a smaller maxWeight", { maxWeight: 25, increment: 10 }, [5, 15, 25, 95]],
  ])("leaves %s on the stable version in the last stage", (_, traffic, weights) => {
    expect(weightsOf(traffic)).toEqual(weights);
  });

  it("promotes to 100%, in the policy and in the last stage that can be declared", () => {
    expect(planned({ weights: [5, 50, 100] }).policy.promotedWeight).toBe(100);
    expect(declared({ weights: [5, 50, 100] }, 3)).toEqual([5, 95]);
    expect(declared({ weights: [5, 50, 100] }, 4)).toEqual([0, 100]);
  });

  it("shows what stays for comparison, and the promotion, in the timetable", () => {
    expect(timetableMarkdown(planned({ weights: [5, 50, 100], interval: "10m" }).timetable)).toMatchSnapshot();
  });

  it("has a warning without a holdback, which says what is lost, and no row for the promotion", () => {
    const { findings, timetable, policy } = planned({ weights: [5, 50, 100], holdback: 0 });
    expect(findings).toMatchObject([{ code: "SLW113", path: "traffic.holdback", severity: "warning" }]);
    expect(timetable.stages.at(-1)).toMatchObject({ number: 3, weights: { "recommender-2-3-0": 100 } });
    expect(policy).not.toHaveProperty("promotedWeight");
  });

  it("never leaves the stable version less than the holdback in a stage, and weights rise", () => {
    const trafficOf = fc
      .tuple(
        fc.uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 3, maxLength: 8 }),
        fc.integer({ min: 0, max: 50 }),
      )
      .map(([weights, holdback]) => ({
        weights: [5, 30, ...weights.filter((weight) => weight > 30).sort((a, b) => a - b)],
        holdback,
      }));
    fc.assert(
      fc.property(trafficOf, (traffic) => {
        const weights = weightsOf(traffic);
        expect(weights.at(-1)).toBe(100 - traffic.holdback);
        expect(weights).toEqual([...new Set(weights)].sort((a, b) => a - b));
      }),
    );
  });
});

describe("a canary with a holdback", () => {
  const policy = { ...base, promotedWeight: 100, stages: [{ weight: 95, holdSeconds: 60 }] };
  const begin = () => new CanaryRollout(policy).after(0);

  it("gets 100% with the promotion", () => {
    const rollout = begin();
    expect(rollout.weight).toBe(95);
    rollout.after(60, { stable: good(200), canary: good(3800) });
    expect(rollout.weight).toBe(100);
    expect(rollout.said("started")[0]).toBe("canary 1.1.0 against 1.0.0: 95%, then promoted to 100%");
    expect(rollout.said("promoted")[0]).toMatch(/^1\.1\.0 passed every stage in 1m and gets 100% /);
  });

  it("is promoted only with the replicas for 100%", () => {
    const rollout = begin();
    rollout.ready = { stable: 8, canary: 3 };
    rollout.after(60, { stable: good(200), canary: good(3800) });
    expect(rollout.weight).toBe(95);
    expect(rollout.said("waiting-for-capacity")).toEqual(["1.1.0: 3 of 4 replicas are ready for 100% of the traffic"]);
    rollout.ready = { stable: 8, canary: 4 };
    rollout.after(1, { stable: good(20), canary: good(100) });
    expect(rollout.weight).toBe(100);
  });

  it("is not rolled back in the last stage for an outage of both versions", () => {
    const rollout = begin();
    const outage = { stable: { requests: 20, errors: 10 }, canary: { requests: 380, errors: 190 } };
    for (let i = 0; i < 15; i++) rollout.after(2, outage);
    expect(rollout.weight).toBe(95);
  });

  it("is rolled back in the last stage for errors that the stable version of the same time does not have", () => {
    const rollout = begin();
    for (let i = 0; i < 15; i++)
      rollout.after(2, { stable: good(20), canary: { requests: 380, errors: 38, labels: 100 } });
    expect(rollout.weight).toBe(0);
  });

  it("gives all traffic back to the stable version when an operator aborts after the promotion", () => {
    const rollout = begin().after(60, { stable: good(200), canary: good(3800) });
    const strategy = strategyOf(policy);
    expect(strategy.abort(policy, rollout.state, 90, "complaints").weights).toEqual({ "1.0.0": 100, "1.1.0": 0 });
  });

  it("pauses in a last stage without requests to the stable version, after its extensions", () => {
    const rollout = begin().after(60, { stable: none, canary: good(4000) });
    expect(rollout.weight).toBe(95);
    expect(rollout.outcome).toBeUndefined();
    for (let i = 0; i < 3; i++) rollout.after(60, { stable: none, canary: good(4000) });
    expect(rollout.outcome).toBe("paused");
  });
});
