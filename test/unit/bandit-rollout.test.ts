import { planBanditRollout, type BanditRolloutProps, type BanditTrafficProps, type Plan } from "../../lib";
import { canonicalJson } from "../../lib/core/canonical";
import { timetableMarkdown } from "../../lib/core/timetable-markdown";
import { rolloutProps, versions } from "../support/plans";

const { stable, canary } = versions;
const third = { version: "2.4.0", uri: "s3://models/recommender/2.4.0/model.onnx" };
const props: BanditRolloutProps = { ...rolloutProps, arms: [stable, canary, third], reward: { metric: "clicked" } };

/** A controller is always rejected. */
const NO_CONTROLLER = "SLW211 controller.enabled: ";
const SPLIT = "2-2-0-2-3-0-2-4-0-split";

function planned(change: Partial<BanditRolloutProps> = {}): Plan {
  const plan = planBanditRollout("recommender", { ...props, ...change });
  expect(plan.findings).toEqual([]);
  return plan;
}

const declared = (split: Record<string, number>): Plan => planned({ traffic: { split } });

/** Roles whose objects differ between two plans. */
function changed(before: Plan, after: Plan): string[] {
  const roles = new Set([...Object.keys(before.objects), ...Object.keys(after.objects)]);
  const text = (plan: Plan, role: string) => canonicalJson(plan.objects[role]?.manifest);
  return [...roles].filter((role) => text(before, role) !== text(after, role)).sort();
}

const weights = (plan: Plan): number[] => {
  const { spec } = plan.objects[SPLIT]?.manifest as unknown as {
    spec: { http: [{ route: { weight: number }[] }] };
  };
  return spec.http[0].route.map(({ weight }) => weight);
};

describe("a bandit as a program", () => {
  test("is prepared at first: the first arm serves, the others run and serve no users", () => {
    expect(weights(planned())).toEqual([100, 0, 0]);
    expect(planned().timetable?.current).toBe(0);
  });

  test("a move of the split changes one object", () => {
    const warm = declared({ "2.2.0": 34, "2.3.0": 33, "2.4.0": 33 });
    expect(changed(planned(), warm)).toEqual([SPLIT]);
    const moved = declared({ "2.4.0": 60, "2.2.0": 40, "2.3.0": 0 });
    expect(weights(moved)).toEqual([40, 0, 60]);
    expect(changed(warm, moved)).toEqual([SPLIT]);
    expect([warm, moved].map(({ timetable }) => timetable?.current)).toEqual([1, 2]);
  });

  test("the next bandit does not change the arms that it keeps", () => {
    const after = planned({ arms: [canary, third] });
    const roles = changed(planned(), after).filter((role) => /^(2-3-0|2-4-0)-(?!2-)/.test(role));
    expect(roles).toEqual([]);
  });

  test("the policy follows the props", () => {
    const traffic: BanditTrafficProps = {
      algorithm: "ucb",
      exploration: 2,
      warmUp: { split: { "2.2.0": 80, "2.3.0": 10, "2.4.0": 10 }, rewards: 50 },
      updateEvery: "1h",
      halfLife: "12h",
      duration: "7d",
    };
    expect(planned({ traffic }).policy).toMatchObject({
      strategy: "bandit",
      arms: ["recommender-2-2-0", "recommender-2-3-0", "recommender-2-4-0"],
      warmUp: { "recommender-2-2-0": 80, "recommender-2-3-0": 10, "recommender-2-4-0": 10 },
      minimumRewards: 50,
      floor: 5,
      maxStep: 10,
      updateEverySeconds: 3600,
      halfLifeSeconds: 43_200,
      durationSeconds: 604_800,
      algorithm: "ucb",
      exploration: 2,
    });
  });

  test("the timetable shows the range of each weight", () => {
    const { timetable } = planned({ traffic: { halfLife: "12h", duration: "7d" } });
    expect(timetable && timetableMarkdown(timetable)).toMatchSnapshot();
  });
});

describe("findings", () => {
  const found = (change: Partial<BanditRolloutProps>) =>
    planBanditRollout("recommender", { ...props, ...change }).findings.map(
      ({ code, path, message }) => `${code} ${path}: ${message}`,
    );
  const split = { "2.2.0": 34, "2.3.0": 33, "2.4.0": 33 };

  test.each<[string, Partial<BanditRolloutProps>, string]>([
    ["no arm", { arms: [] }, "SLW331 arms: there is no arm."],
    ["one arm", { arms: [stable] }, "SLW331 arms: 2.2.0 is the only arm."],
    ["an arm twice", { arms: [stable, canary, stable] }, "SLW332 arms[2].version: 2.2.0 is already an arm."],
    [
      "floors that leave nothing",
      { traffic: { floor: 34 } },
      "SLW333 traffic.floor: 3 arms with at least 34% each leave nothing to move.",
    ],
    [
      "floors that leave nothing",
      { arms: [stable, canary], traffic: { floor: 50 } },
      "SLW333 traffic.floor: 2 arms with at least 50% each leave nothing to move.",
    ],
    ["no floor", { traffic: { floor: 0 } }, "SLW008 traffic.floor: 0 is out of range."],
    ["no step", { traffic: { maxStep: 0 } }, "SLW008 traffic.maxStep: 0 is out of range."],
    [
      "a split of other arms",
      { traffic: { split: { "2.2.0": 50, "2.3.0": 25, "2.5.0": 25 } } },
      "SLW334 traffic.split: 2.4.0 is missing, there is no arm 2.5.0.",
    ],
    [
      "a split that is too small",
      { traffic: { split: { ...split, "2.2.0": 30 } } },
      "SLW335 traffic.split: 30 + 33 + 33 is 96.",
    ],
    [
      "a warm-up that is too large",
      { traffic: { warmUp: { split: { ...split, "2.2.0": 44 } } } },
      "SLW335 traffic.warmUp.split: 44 + 33 + 33 is 110.",
    ],
    [
      "a warm-up under the floor",
      { traffic: { warmUp: { split: { "2.2.0": 96, "2.3.0": 2, "2.4.0": 2 } } } },
      'SLW336 traffic.warmUp.split["2.3.0"]: 2% for 2.3.0 is below the floor of 5%.',
    ],
    [
      "the setting of another algorithm",
      { traffic: { epsilon: 0.2 } },
      'SLW337 traffic.epsilon: "thompson" does not use it.',
    ],
    [
      "rewards that are forgotten",
      { traffic: { updateEvery: "1h", halfLife: "30m" } },
      "SLW338 traffic.halfLife: the weight of a reward halves every 30m, but the split moves only every 1h.",
    ],
    [
      "too short to move",
      { traffic: { duration: "15m" } },
      "SLW339 traffic.duration: 15m ends before rewards can move the split by more than one step.",
    ],
    [
      "moves that metrics cannot show",
      { traffic: { updateEvery: "30s" } },
      "SLW106 traffic.updateEvery: 30s contains fewer than 4 scrapes, one every 15s.",
    ],
    [
      "rewards without a range",
      { reward: { metric: "stars", lowerBound: 5, upperBound: 1 } },
      "SLW110 reward.upperBound: 1 is not above lowerBound, 5.",
    ],
    [
      "a split as well as a controller",
      { traffic: { split }, controller: { enabled: true } },
      "SLW005 traffic.split: both this program and a controller set the split.",
    ],
  ])("%s", (_what, change, expected) => {
    const [first, ...more] = found(change).filter((finding) => !finding.startsWith(NO_CONTROLLER));
    expect(first).toBe(expected);
    // Two arms may be under the floor for the same reason.
    expect(more.every((finding) => finding.startsWith(expected.slice(0, 6)))).toBe(true);
  });

  test("in production every arm except the first needs evidence", () => {
    const codes = planBanditRollout("recommender", { ...props, environment: "production" }).findings;
    expect(codes.filter(({ code }) => code === "SLW204").map(({ path }) => path)).toEqual([
      "arms[1].evidence",
      "arms[2].evidence",
    ]);
  });
});
