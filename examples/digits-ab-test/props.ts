import type { AbTestProps, RehearsalProps } from "slipway";

/** 1.0.0 reads the digits of half of the users, and 1.1.0 those of the other half: whose parcels arrive more often? */
export const construct = "AbTest";
export const name = "digits";

export const props: AbTestProps = {
  variants: [
    {
      version: "1.0.0",
      uri: "s3://models/digits/1.0.0/model.onnx",
      sha256: "902a7dbbfc7e452497809c1cab6f6b3b234c83f2bac064f95bd5543fc54420a5",
    },
    {
      version: "1.1.0",
      uri: "s3://models/digits/1.1.0/model.onnx",
      sha256: "7bd6fdd89d4e8b61b89e010d0beb507988a1a4fab04a7704ff14a32b2d6598b8",
    },
  ],
  metric: { name: "arrived", minimumEffect: 0.2 },
  unit: { cookie: {} },
  duration: "20m",
  running: true,
  // A win must not come from misread digits.
  analysis: { metrics: [{ name: "accuracy", margin: 0.05, minimumSamples: 40 }], minimumSamples: 60 },
  objectives: { latencyP95: "100ms", errorRate: 0.01 },
  routing: { istio: { hosts: ["digits.example.com"], gateways: ["istio-ingress/public"] } },
};

const models = "../digits-canary/models/digits";

export const rehearsal: RehearsalProps = {
  models: { "1.0.0": `${models}/1.0.0/model.onnx`, "1.1.0": `${models}/1.1.0/model.onnx` },
  samples: "../digits-canary/samples.json",
  // The rehearsal needs the delivery rates. Feedback arrives late, and some of it twice.
  rewards: { arrived: { "1.0.0": 0.5, "1.1.0": 0.65 } },
  labelDelay: "1m",
  feedbackNoise: { repeated: 0.05, unknown: 0.02, foreign: 0.02 },
  expect: "completed",
};
