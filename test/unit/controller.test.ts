import * as pulumi from "@pulumi/pulumi";
import {
  formatFinding,
  planAbTest,
  planBanditRollout,
  planBlueGreenPair,
  planCanaryRollout,
  planShadowDeployment,
  type AbTestProps,
  type BanditPolicy,
  type Finding,
  type Plan,
} from "../../lib";
import { emitPlan } from "../../lib/adapters/pulumi/emit";
import { banditTimetable } from "../../lib/constructs/bandit-rollout/timetable";
import { canaryFields } from "../../lib/constructs/canary-rollout/schema";
import { canaryTimetable } from "../../lib/constructs/canary-rollout/timetable";
import { rolloutOwners } from "../../lib/constructs/common/rollout-objects";
import { parseProps } from "../../lib/core/checks/parse-props";
import { Diagnostics } from "../../lib/core/findings/diagnostics";
import { applyOverrides } from "../../lib/core/overrides";
import type { FieldOwner } from "../../lib/core/plan";
import { routerOf } from "../../lib/routing/registry";
import { canaryProps, rolloutProps, versions } from "../support/plans";
import { runProgram } from "../support/pulumi-mocks";

const { stable, canary } = versions;
const controller = { enabled: true };
const SPLIT = "2-2-0-2-3-0-split";
const controlled: FieldOwner = { role: SPLIT, path: "spec.http", owner: "controller" };

const test2: AbTestProps = {
  ...rolloutProps,
  variants: [stable, canary],
  metric: { name: "clicked" },
  unit: { cookie: {} },
  duration: "14d",
};

test.each<[construct: string, plan: Plan]>([
  ["CanaryRollout", planCanaryRollout("recommender", { ...canaryProps, controller })],
  [
    "BlueGreenPair",
    planBlueGreenPair("recommender", { ...rolloutProps, blue: stable, green: canary, live: "blue", controller }),
  ],
  ["AbTest", planAbTest("recommender", { ...test2, controller })],
  [
    "ShadowDeployment",
    planShadowDeployment("recommender", { ...rolloutProps, live: stable, shadow: canary, controller }),
  ],
  [
    "BanditRollout",
    planBanditRollout("recommender", {
      ...rolloutProps,
      arms: [stable, canary],
      reward: { metric: "clicked" },
      controller,
    }),
  ],
])("%s rejects a controller as long as there is none", (_construct, plan) => {
  expect(plan.findings.filter(({ severity }) => severity === "error").map(formatFinding)).toEqual([
    "SLW211 controller.enabled: it is true, but there is no rollout controller yet, so nothing would move the weights. Fix: Leave it out, and declare each step in this program.",
  ]);
  expect(plan.objects).toEqual({});
});

describe("what a controller will own", () => {
  const plan = planCanaryRollout("recommender", canaryProps);

  test("is the routes of the split, in addition to what autoscalers own", () => {
    const props = parseProps("recommender", { ...canaryProps, controller }, canaryFields, new Diagnostics());
    const routing = props && routerOf(props.routing);
    if (props === undefined || routing === undefined) throw new Error("these props are valid");
    const owners = rolloutOwners({ props, models: [props.stable, props.canary], routing });
    expect(owners).toEqual([...plan.owners, controlled]);
  });

  test("cannot be written by an override", () => {
    const diagnostics = new Diagnostics();
    const fixed = { owners: [controlled], fixedPaths: ["spec.http"] };
    applyOverrides(plan.objects, { split: { spec: { http: [] } } }, fixed, diagnostics);
    expect(diagnostics.findings.map(({ code, path, message }: Finding) => `${code} ${path}: ${message}`)).toEqual([
      `SLW021 overrides.split.spec.http: \`spec.http\` of ${SPLIT} is owned by the controller.`,
    ]);
  });

  test("is ignored by Pulumi in exactly that object", async () => {
    const owned = { ...plan, owners: [...plan.owners, controlled] };
    const registered = await runProgram(
      () => emitPlan(owned, new pulumi.ComponentResource("slipway:index:CanaryRollout", "recommender"), undefined),
      { preview: false },
    );
    const ignoring = registered.filter(({ ignoreChanges }) => ignoreChanges.length > 0);
    expect(ignoring.map(({ name, ignoreChanges }) => ({ name, ignoreChanges }))).toEqual([
      { name: `recommender-${SPLIT}`, ignoreChanges: ["spec.http"] },
    ]);
  });
});

describe("a timetable whose weights a controller moves has no declared stage", () => {
  const MOVES = "A controller in the cluster moves the weights.";

  test("of a canary", () => {
    const { policy } = planCanaryRollout("recommender", canaryProps);
    const timetable = policy && canaryTimetable("recommender", policy, undefined);
    expect(timetable?.current).toBeUndefined();
    expect(timetable?.notes).toContain(MOVES);
  });

  test("of a bandit", () => {
    const arms = { ...rolloutProps, arms: [stable, canary], reward: { metric: "clicked" } };
    const policy = planBanditRollout("recommender", arms).policy as BanditPolicy;
    const timetable = banditTimetable("recommender", policy, { declared: undefined, controlled: true });
    expect(timetable.current).toBeUndefined();
    expect(timetable.notes).toContain(MOVES);
  });
});
