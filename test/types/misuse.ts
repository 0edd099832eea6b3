/** Compiled, never run: mistakes of users are compile errors, and correct programs compile. */
import * as pulumi from "@pulumi/pulumi";
import type { Construct } from "constructs";
import {
  MetricDirection,
  Environment,
  OnInsufficientData,
  planCanaryRollout,
  type CanaryRolloutProps,
} from "../../lib";
import * as cdk8s from "../../lib/cdk8s";
import * as components from "../../lib/pulumi";

declare const props: CanaryRolloutProps;
declare const scope: Construct;
const deferred = pulumi.output("models");

/** Enumerations as members or as strings, and deferred values wherever they are allowed. */
export function accepted(): void {
  planCanaryRollout("recommender", { ...props, environment: Environment.Production });
  planCanaryRollout("recommender", { ...props, environment: "production" });
  planCanaryRollout("recommender", {
    ...props,
    analysis: {
      metrics: [{ name: "cost", direction: MetricDirection.LowerIsBetter }],
      onInsufficientData: OnInsufficientData.Pause,
    },
  });
  new components.CanaryRollout("recommender", {
    ...props,
    namespace: deferred,
    stable: { version: "2.2.0", uri: deferred },
    serving: { image: deferred, env: { AWS_REGION: deferred }, serviceAccountAnnotations: { role: deferred } },
    routing: { istio: { hosts: [deferred], gateways: [deferred] } },
    overrides: { deployment: { spec: { template: { spec: { runtimeClassName: deferred } } } } },
  });
  new cdk8s.CanaryRollout(scope, "recommender", props);
}

/** Mistakes in the props. */
export function rejected(): void {
  // @ts-expect-error a misspelled prop
  planCanaryRollout("recommender", { ...props, trafic: { interval: "30m" } });
  // @ts-expect-error a misspelled prop inside
  planCanaryRollout("recommender", { ...props, traffic: { intreval: "30m" } });
  // @ts-expect-error a string for a weight
  planCanaryRollout("recommender", { ...props, traffic: { weights: ["5", "100"] } });
  // @ts-expect-error a number for a duration
  planCanaryRollout("recommender", { ...props, traffic: { interval: 30 } });
  // @ts-expect-error an unknown environment
  planCanaryRollout("recommender", { ...props, environment: "prod" });
  // @ts-expect-error a model without its file
  planCanaryRollout("recommender", { ...props, canary: { version: "2.3.0" } });
  // @ts-expect-error no objectives
  planCanaryRollout("recommender", { stable: props.stable, canary: props.canary, routing: props.routing });
  // @ts-expect-error props do not change
  props.environment = Environment.Staging;
  // @ts-expect-error an output in cdk8s
  new cdk8s.CanaryRollout(scope, "recommender", { ...props, namespace: deferred });
}

/** Values that decide structure, or are validated, must be plain. */
export function structureIsPlain(): void {
  const number = pulumi.output(5);
  // @ts-expect-error a deferred version
  new components.CanaryRollout("recommender", { ...props, canary: { version: deferred, uri: "s3://models/a.onnx" } });
  // @ts-expect-error a deferred interval
  new components.CanaryRollout("recommender", { ...props, traffic: { interval: deferred } });
  // @ts-expect-error a deferred weight
  new components.CanaryRollout("recommender", { ...props, traffic: { initialWeight: number } });
  // @ts-expect-error a deferred label
  new components.CanaryRollout("recommender", { ...props, labels: { team: deferred } });
  // @ts-expect-error deferred objectives
  new components.CanaryRollout("recommender", { ...props, objectives: pulumi.output(props.objectives) });
  // @ts-expect-error a deferred name of the Deployment
  new components.InferenceAutoscaler("triton", { deployment: deferred });
}
