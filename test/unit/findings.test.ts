import * as pulumi from "@pulumi/pulumi";
import { Lazy } from "cdk8s";
import {
  formatFinding,
  planCanaryRollout,
  planInferenceAutoscaler,
  planModelService,
  type CanaryRolloutProps,
  type Finding,
  type InferenceAutoscalerProps,
  type ModelServiceProps,
} from "../../lib";
import { existingModelService } from "../../lib/constructs/model-service/existing";
import { evidence, found, production, withCanary, withIstio } from "../support/findings";
import { canaryProps } from "../support/plans";

test("the props are valid before a mistake is made in them", () => {
  expect(planCanaryRollout("recommender", canaryProps).findings).toEqual([]);
  expect(planCanaryRollout("recommender", production as unknown as CanaryRolloutProps).findings).toEqual([]);
});

const long = "a".repeat(70);

describe("the name of a construct", () => {
  test.each([
    [
      long,
      `SLW010 name: "${long}" (70 characters) is not a valid name for Kubernetes objects.`,
      "Shorten it by 30 characters.",
    ],
    [
      "Recommender_V2",
      'SLW010 name: "Recommender_V2" is not a valid name for Kubernetes objects.',
      'Write "recommender-v2".',
    ],
    ["", 'SLW010 name: "" is not a valid name for Kubernetes objects.', "Use a name such as recommender."],
    ["2nd", 'SLW010 name: "2nd" is not a valid name for Kubernetes objects.', "Use a name such as recommender."],
  ])("%p", (name, expected, fix) => {
    expect(found({}, name)).toEqual([expected]);
    expect(planCanaryRollout(name, canaryProps).findings[0]?.fix).toBe(fix);
  });
});

test("all mistakes are reported at once, whatever their prop", () => {
  expect(found({ trafic: {}, labels: { a: "b c" }, ...withCanary({ version: "latest", uri: 7 }) })).toEqual([
    'SLW001 trafic: unknown prop "trafic".',
    'SLW014 labels.a: "b c" is not a valid label value.',
    'SLW009 canary.version: "latest" is not a valid semantic version.',
    "SLW013 canary.uri: 7 is not a model URI that the serving image can read.",
  ]);
  expect(found({ ...production, canary: canaryProps.stable, traffic: { weights: [50, 10] }, serving: {} })).toEqual([
    "SLW103 traffic.weights[0]: 50% of the requests at once would go to an unproven version.",
    "SLW102 traffic.weights: the weights 50, 10 do not rise at 10.",
    "SLW101 canary.version: 2.2.0 is already the stable version.",
    'SLW207 serving.image: "slipway/serving:0.1.0" is not pinned by a digest.',
    "SLW204 canary.evidence: there is no evidence for version 2.2.0.",
  ]);
});

describe("a deferred value", () => {
  const deferred = [
    ["a Pulumi output", pulumi.output("30m")],
    ["a promise", Promise.resolve("30m")],
    ["a cdk8s token", Lazy.any({ produce: () => "30m" })],
  ] as const;

  test.each(deferred)("%s cannot decide structure", (_what, value) => {
    const message = "it is an output, a token or a class instance, not a plain value.";
    const places = {
      ...withCanary({ version: value, sha256: value }),
      traffic: { interval: value, initialWeight: value },
    };
    expect(found({ ...places, labels: { team: value }, environment: value, objectives: value }).sort()).toEqual(
      [
        "canary.sha256",
        "canary.version",
        "environment",
        "labels.team",
        "objectives",
        "traffic.initialWeight",
        "traffic.interval",
      ].map((path) => `SLW002 ${path}: ${message}`),
    );
  });

  test.each(deferred)("%s can be a leaf", (_what, value) => {
    const props = {
      ...production,
      ...withCanary({ uri: value, evidence }),
      namespace: value,
      serving: { image: value, env: { AWS_REGION: value } },
      ...withIstio({ hosts: [value], gateways: [value] }),
    };
    expect(planCanaryRollout("recommender", props as unknown as CanaryRolloutProps).findings).toEqual([]);
  });
});

test("a single service in production has the same guardrails as a rollout", () => {
  const { uri, version } = canaryProps.canary;
  const props: ModelServiceProps = {
    model: { uri, version },
    objectives: canaryProps.objectives,
    environment: "production",
  };
  const { findings, objects } = planModelService("recommender", { ...props, autoscaling: { minReplicas: 1 } });
  expect(objects).toEqual({});
  expect(findings.map(({ code, path }) => `${code} ${path}`)).toEqual([
    "SLW208 autoscaling.minReplicas",
    "SLW207 serving.image",
    "SLW206 model.sha256",
    "SLW204 model.evidence",
  ]);
  const staging = planModelService("recommender", { ...props, environment: "staging" });
  expect(staging.findings.map(({ code, severity }) => `${code} ${severity}`)).toEqual([
    "SLW207 warning",
    "SLW206 warning",
    "SLW204 warning",
  ]);
  expect(Object.keys(staging.objects)).not.toEqual([]);
  expect(planModelService("recommender", { ...props, environment: "development" }).findings).toEqual([]);
});

test("an existing service must have valid Kubernetes names", () => {
  const existing = { service: "triton", deployment: "triton.v2" };
  expect(existingModelService(existing)).toEqual({ serviceName: "triton", deploymentName: "triton.v2" });
  expect(() => existingModelService({ service: "Triton", deployment: "triton/v2" })).toThrow(
    /^ModelService.fromExisting is not valid:\n {2}SLW010 service: "Triton" .+\n {2}SLW010 deployment: "triton\/v2" /,
  );
});

test("mistakes in a JSON file are found like those in a program", () => {
  const json =
    '{ "model": { "version": "2.3.0", "url": "s3://models/a.onnx" }, "objectives": { "latencyP95": "100" } }';
  const { findings, objects } = planModelService("recommender", JSON.parse(json) as ModelServiceProps);
  expect(objects).toEqual({});
  expect(findings.map(formatFinding)).toEqual([
    'SLW006 objectives.latencyP95: "100" is not a valid duration. Allowed: a number with a unit (ms, s, m, h, d), from 1ms to 1h. Fix: Add the unit: "100ms" or "100s".',
    'SLW001 model.url: unknown prop "url". Allowed: version, uri, sha256, evidence, warmUp. Fix: Write `uri`.',
  ]);
});

test.each([undefined, null, 7, "props", [], new Map()])("props that are %p are rejected with a message", (props) => {
  const { findings } = planInferenceAutoscaler("triton", props as unknown as InferenceAutoscalerProps);
  expect(findings).toHaveLength(1);
  expect(formatFinding(findings[0] as Finding)).toMatch(/^SLW002 props: .+ Fix: Use .+\.$/);
});
