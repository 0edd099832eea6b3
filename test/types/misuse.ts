/** Compiled, never run: what a user gets wrong is a compile error, and what is right is none. */
import * as pulumi from "@pulumi/pulumi";
import type { Construct } from "constructs";
import { Direction, Environment, OnInsufficientData, planCanaryRollout, type CanaryRolloutProps } from "../../lib";
import * as cdk8s from "../../lib/cdk8s";
import * as components from "../../lib/pulumi";

declare const props: CanaryRolloutProps;
declare const scope: Construct;
const late = pulumi.output("models");

/** Enumerations as members or as the texts that they are; deferred values wherever they may be. */
export function accepted(): void {
  planCanaryRollout("recommender", { ...props, environment: Environment.Production });
  planCanaryRollout("recommender", { ...props, environment: "production" });
  planCanaryRollout("recommender", {
    ...props,
    analysis: {
      metrics: [{ name: "cost", direction: Direction.LowerIsBetter }],
      onInsufficientData: OnInsufficientData.Pause,
    },
  });
  new components.CanaryRollout("recommender", {
    ...props,
    namespace: late,
    stable: { version: "2.2.0", uri: late },
    serving: { image: late, env: { AWS_REGION: late }, serviceAccountAnnotations: { role: late } },
    routing: { istio: { hosts: [late], gateways: [late] } },
    overrides: { deployment: { spec: { template: { spec: { runtimeClassName: late } } } } },
  });
  new cdk8s.CanaryRollout(scope, "recommender", props);
}

/** Mistakes in the props. */
export function refused(): void {
  // @ts-expect-error a misspelt prop
  planCanaryRollout("recommender", { ...props, trafic: { interval: "30m" } });
  // @ts-expect-error a misspelt prop inside
  planCanaryRollout("recommender", { ...props, traffic: { intreval: "30m" } });
  // @ts-expect-error a text for a weight
  planCanaryRollout("recommender", { ...props, traffic: { weights: ["5", "100"] } });
  // @ts-expect-error a number for a duration
  planCanaryRollout("recommender", { ...props, traffic: { interval: 30 } });
  // @ts-expect-error an environment that is none
  planCanaryRollout("recommender", { ...props, environment: "prod" });
  // @ts-expect-error a model without its file
  planCanaryRollout("recommender", { ...props, canary: { version: "2.3.0" } });
  // @ts-expect-error no objectives
  planCanaryRollout("recommender", { stable: props.stable, canary: props.canary, routing: props.routing });
  // @ts-expect-error props do not change
  props.environment = Environment.Staging;
  // @ts-expect-error cdk8s knows no outputs
  new cdk8s.CanaryRollout(scope, "recommender", { ...props, namespace: late });
}

/** What decides structure, or is checked, is known when the program runs. */
export function structureIsPlain(): void {
  const number = pulumi.output(5);
  // @ts-expect-error a late version
  new components.CanaryRollout("recommender", { ...props, canary: { version: late, uri: "s3://models/a.onnx" } });
  // @ts-expect-error a late interval
  new components.CanaryRollout("recommender", { ...props, traffic: { interval: late } });
  // @ts-expect-error a late weight
  new components.CanaryRollout("recommender", { ...props, traffic: { initialWeight: number } });
  // @ts-expect-error a late label
  new components.CanaryRollout("recommender", { ...props, labels: { team: late } });
  // @ts-expect-error late objectives
  new components.CanaryRollout("recommender", { ...props, objectives: pulumi.output(props.objectives) });
  // @ts-expect-error a late name of the Deployment
  new components.InferenceAutoscaler("triton", { deployment: late });
}
