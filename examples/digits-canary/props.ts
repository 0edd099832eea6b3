import type { CanaryRolloutProps, RehearsalProps } from "slipway";

/** A better model for handwritten digits, 1.1.0, takes over from 1.0.0. */
export const name = "digits";

export const props: CanaryRolloutProps = {
  stable: {
    version: "1.0.0",
    uri: "s3://models/digits/1.0.0/model.onnx",
    sha256: "902a7dbbfc7e452497809c1cab6f6b3b234c83f2bac064f95bd5543fc54420a5",
  },
  canary: {
    version: "1.1.0",
    uri: "s3://models/digits/1.1.0/model.onnx",
    sha256: "7bd6fdd89d4e8b61b89e010d0beb507988a1a4fab04a7704ff14a32b2d6598b8",
  },
  traffic: { weights: [5, 10, 25, 50, 100], interval: "2m" },
  objectives: { latencyP95: "100ms", errorRate: 0.01 },
  // Where a parcel went shows later whether its postcode was read correctly.
  analysis: { metrics: [{ name: "accuracy", margin: 0.05, minimumSamples: 40 }], minimumSamples: 60 },
  autoscaling: { minReplicas: 2, maxReplicas: 20, cpuUtilization: 70, requestsPerSecond: 1000 },
  routing: { istio: { hosts: ["digits.example.com"], gateways: ["istio-ingress/public"] } },
};

export const rehearsal: RehearsalProps = {
  models: { "1.0.0": "models/digits/1.0.0/model.onnx", "1.1.0": "models/digits/1.1.0/model.onnx" },
  samples: "samples.json",
  expect: "promoted",
};
