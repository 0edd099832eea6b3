import type { CanaryRolloutProps, ModelVersionProps, RolloutProps } from "../../lib";

export const SHA = { stable: "a".repeat(64), canary: "b".repeat(64) };

/** The version that serves users, and the next one. */
export const versions: Readonly<Record<"stable" | "canary", ModelVersionProps>> = {
  stable: { version: "2.2.0", uri: "s3://models/recommender/2.2.0/model.onnx", sha256: SHA.stable },
  canary: { version: "2.3.0", uri: "s3://models/recommender/2.3.0/model.onnx", sha256: SHA.canary },
};

/** Valid props that every rollout accepts. */
export const rolloutProps: RolloutProps = {
  objectives: { latencyP95: "100ms", errorRate: 0.001 },
  autoscaling: { requestsPerSecond: 1000 },
  routing: { istio: { hosts: ["recommender.example.com"], gateways: ["istio-ingress/public"] } },
};

/** Valid props of a canary, for tests to change. */
export const canaryProps: CanaryRolloutProps = {
  ...rolloutProps,
  ...versions,
  traffic: { weights: [5, 10, 25, 50, 100], interval: "30m" },
  analysis: { metrics: [{ name: "accuracy" }] },
};
