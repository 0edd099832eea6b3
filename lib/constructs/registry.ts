import type { Plan } from "../core/plan";
import type { RolloutPolicy } from "../strategies/registry";
import { planAbTest } from "./ab-test/plan";
import { planBanditRollout } from "./bandit-rollout/plan";
import { planBlueGreenPair } from "./blue-green-pair/plan";
import { planCanaryRollout } from "./canary-rollout/plan";
import { planInferenceAutoscaler } from "./inference-autoscaler/plan";
import { planModelService } from "./model-service/plan";
import { planShadowDeployment } from "./shadow-deployment/plan";

/** Plans props of any shape, because they can come from a file and planning checks them. */
type PlanFunction<Policy> = (name: string, props: never) => Plan<Policy>;

/** What docs/choosing.md says about a construct. */
export interface Choice {
  /** What the reader wants to do. */
  readonly goal: string;
  /** Who is exposed to the new version. */
  readonly exposure: string;
  /** What the reader knows when the rollout has ended. */
  readonly learned: string;
  readonly replicas: string;
}

/** A construct, as code that handles all constructs sees it. */
export interface ConstructEntry<Policy = unknown> {
  /** Name of its class, in every engine. Its props are the interface of this name with `Props` behind it. */
  readonly className: string;
  /** Its folder in `lib/constructs`, and the name of its page in `docs`. */
  readonly folder: string;
  readonly plan: PlanFunction<Policy>;
  /** Whether it is built around tracks: constructs with the same name share them. */
  readonly hasTracks: boolean;
  /** What the users of the model get, for the table in README.md. */
  readonly serves: string;
  /** Missing for a construct that does not serve a model. */
  readonly choice?: Choice;
}

/** A construct that moves traffic: a props file can declare it, and it can be rehearsed. */
export interface RolloutEntry extends ConstructEntry<RolloutPolicy> {
  /** Name of the strategy that its policy belongs to. */
  readonly strategy: RolloutPolicy["strategy"];
  readonly choice: Choice;
}

/** The constructs that move traffic, the one with the least risk first. */
export const ROLLOUTS: readonly RolloutEntry[] = [
  {
    className: "ShadowDeployment",
    folder: "shadow-deployment",
    plan: planShadowDeployment,
    strategy: "shadow",
    hasTracks: true,
    serves: "the live version; a new version answers copies of the requests, and its predictions are compared",
    choice: {
      goal: "know what a version would answer, at no risk",
      exposure: "no users: it receives copies",
      learned: "how often its predictions differ, its latency and errors",
      replicas: "two tracks",
    },
  },
  {
    className: "CanaryRollout",
    folder: "canary-rollout",
    plan: planCanaryRollout,
    strategy: "canary",
    hasTracks: true,
    serves: "a new version, a few users first",
    choice: {
      goal: "replace a version, and know that the new one is not worse",
      exposure: "5% of the requests, then more",
      learned: "that it is not worse than allowed: errors, latency, business metrics",
      replicas: "grows with the share",
    },
  },
  {
    className: "BlueGreenPair",
    folder: "blue-green-pair",
    plan: planBlueGreenPair,
    strategy: "blue-green",
    hasTracks: true,
    serves: "a new version, all users at once, with an instant rollback",
    choice: {
      goal: "replace a version in one step, and be able to roll back as fast",
      exposure: "no users, then all users",
      learned: "that recorded requests are answered as expected; then the same as after a canary",
      replicas: "two tracks, full size",
    },
  },
  {
    className: "AbTest",
    folder: "ab-test",
    plan: planAbTest,
    strategy: "ab-test",
    hasTracks: true,
    serves: "one version per user, until a metric shows which is better",
    choice: {
      goal: "know whether, and by how much, a version is better",
      exposure: "a fixed share of the users, always the same",
      learned: "the difference, with an interval that is valid at every evaluation",
      replicas: "two tracks or more",
    },
  },
  {
    className: "BanditRollout",
    folder: "bandit-rollout",
    plan: planBanditRollout,
    strategy: "bandit",
    hasTracks: true,
    serves: "the version with the best rewards, more and more often",
    choice: {
      goal: "earn the most while several versions compete",
      exposure: "as many requests as its rewards justify",
      learned: "which version is probably best; the others only roughly",
      replicas: "two tracks or more",
    },
  },
];

const MODEL_SERVICE: ConstructEntry = {
  className: "ModelService",
  folder: "model-service",
  plan: planModelService,
  hasTracks: true,
  serves: "one version",
  choice: {
    goal: "serve one version",
    exposure: "all users",
    learned: "whether it meets its objectives",
    replicas: "one track",
  },
};

const INFERENCE_AUTOSCALER: ConstructEntry = {
  className: "InferenceAutoscaler",
  folder: "inference-autoscaler",
  plan: planInferenceAutoscaler,
  hasTracks: false,
  serves: "no change: it scales a Deployment that you declare elsewhere",
};

/** Every construct, in the order in which the documentation lists them. */
export const CONSTRUCTS: readonly ConstructEntry[] = [MODEL_SERVICE, ...ROLLOUTS, INFERENCE_AUTOSCALER];

/** Names of the classes of the constructs that are built around tracks. */
export const TRACK_CONSTRUCTS: readonly string[] = CONSTRUCTS.filter(({ hasTracks }) => hasTracks).map(
  ({ className }) => className,
);

/** The construct that moves traffic and has this class name, if there is one. */
export function findRollout(className: string): RolloutEntry | undefined {
  return ROLLOUTS.find((each) => each.className === className);
}
