import { readdirSync } from "node:fs";
import { join } from "node:path";

import {
  planAbTest,
  planBanditRollout,
  planBlueGreenPair,
  planCanaryRollout,
  planInferenceAutoscaler,
  planModelService,
  planShadowDeployment,
  type Plan,
} from "../../lib";
import { findRollout } from "../../lib/constructs/registry";
import { canaryProps } from "./plans";
import {
  LONG_NAME,
  NAMESPACE,
  autoscaling,
  canaryVersion,
  everything,
  minimal,
  prerelease,
  shared,
} from "./sample-props";
import {
  abTest,
  bandit,
  everythingOfBandit,
  everythingOfPair,
  everythingOfShadow,
  everythingOfTest,
  pair,
  shadowing,
} from "./sample-strategy-props";

/** A plan, and a description of its props. */
export interface SamplePlan {
  readonly name: string;
  readonly plan: Plan;
}

/** Plans of every construct, from props that lead to different objects. */
export const samplePlans: readonly SamplePlan[] = [
  { name: "a canary with every default", plan: planCanaryRollout("recommender", minimal) },
  { name: "a canary with every prop set", plan: planCanaryRollout("recommender", everything) },
  { name: "a canary with requests to scale by", plan: planCanaryRollout("recommender", canaryProps) },
  {
    name: "a canary with only a latency objective",
    plan: planCanaryRollout("recommender", { ...minimal, objectives: { latencyP95: "2ms" } }),
  },
  {
    name: "a canary with only an error objective",
    plan: planCanaryRollout("recommender", { ...minimal, objectives: { errorRate: 0.05 } }),
  },
  {
    name: "a canary of pre-releases under a long name",
    plan: planCanaryRollout(LONG_NAME, {
      ...minimal,
      stable: prerelease("2.3.0-rc.1"),
      canary: prerelease("2.3.0-RC.2.with-a-branch-name-that-goes-on-and-on-and-on+build.7"),
    }),
  },
  { name: "a pair with every default", plan: planBlueGreenPair("recommender", pair) },
  { name: "a pair with every prop set", plan: planBlueGreenPair("recommender", everythingOfPair) },
  { name: "a pair after the switch", plan: planBlueGreenPair("recommender", { ...pair, live: "green" }) },
  {
    name: "a pair whose blue is on standby",
    plan: planBlueGreenPair("recommender", { ...pair, live: "green", idle: "standby" }),
  },
  {
    name: "a pair whose blue is gone",
    plan: planBlueGreenPair("recommender", { ...everythingOfPair, live: "green", idle: "retired" }),
  },
  { name: "a bandit with every default", plan: planBanditRollout("recommender", bandit) },
  { name: "a bandit with every prop set", plan: planBanditRollout("recommender", everythingOfBandit) },
  {
    name: "a bandit of four, under a long name",
    plan: planBanditRollout(LONG_NAME, {
      ...bandit,
      arms: [...bandit.arms, prerelease("2.4.0-rc.1"), prerelease("2.4.0-rc.2")],
      traffic: { algorithm: "epsilonGreedy", epsilon: 0.2 },
    }),
  },
  { name: "a test with few props", plan: planAbTest("recommender", abTest) },
  {
    name: "a test with every prop set, by cookie",
    plan: planAbTest("recommender", { ...everythingOfTest, unit: { cookie: { name: "variant", days: 90 } } }),
  },
  {
    name: "a test of three, by header",
    plan: planAbTest("recommender", {
      ...abTest,
      variants: [...abTest.variants, { version: "2.4.0", uri: "s3://models/recommender/2.4.0/model.onnx" }],
      unit: { header: { name: "x-user-bucket" } },
      running: true,
    }),
  },
  {
    name: "a test by hashes of users",
    plan: planAbTest("recommender", {
      ...abTest,
      unit: { hash: { header: "x-user-id", salt: "prices", gateway: { app: "gateway" } } },
    }),
  },
  { name: "a shadow with every default", plan: planShadowDeployment("recommender", shadowing) },
  { name: "a shadow with every prop set", plan: planShadowDeployment("recommender", everythingOfShadow) },
  {
    name: "a shadow that gets no copies",
    plan: planShadowDeployment("recommender", { ...shadowing, percent: 0 }),
  },
  {
    name: "a model service with every default",
    plan: planModelService("recommender", { model: minimal.canary, objectives: minimal.objectives }),
  },
  {
    name: "a model service with every prop set",
    plan: planModelService("recommender", {
      ...shared,
      model: canaryVersion,
      overrides: { service: { spec: { internalTrafficPolicy: "Cluster" } } },
    }),
  },
  {
    name: "a model service without monitoring",
    plan: planModelService("recommender", {
      model: prerelease("1.0.0+build.5"),
      objectives: minimal.objectives,
      monitoring: { enabled: false },
    }),
  },
  { name: "an autoscaler with every default", plan: planInferenceAutoscaler("triton", { deployment: "triton" }) },
  {
    name: "an autoscaler with every prop set",
    plan: planInferenceAutoscaler("triton", {
      deployment: "triton",
      autoscaling,
      namespace: NAMESPACE,
      overrides: { autoscaler: { metadata: { labels: { team: "ml" } } } },
    }),
  },
  ...examplePlans(join(__dirname, "../../examples")),
];

interface Example {
  readonly name: string;
  readonly props: unknown;
  readonly construct?: string;
}

/** The plan of every props file of every example, as the command line would plan it. */
function examplePlans(root: string): SamplePlan[] {
  const files = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => readdirSync(join(root, name)).map((file) => `${name}/${file}`))
    .filter((file) => /(^|[./])props\.ts$/.test(file));
  return files.map((file) => {
    const { name, props, construct = "CanaryRollout" } = jest.requireActual<Example>(join(root, file));
    const rollout = findRollout(construct);
    if (rollout === undefined) throw new Error(`${file} declares no rollout`);
    return { name: `the example ${file}`, plan: rollout.plan(name, props as never) };
  });
}
