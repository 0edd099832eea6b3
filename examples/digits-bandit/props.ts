import type { BanditRolloutProps, RehearsalProps } from "slipway";

/** Three models that read handwritten digits, one of which confuses 4 and 9: the most accurate model gets most of the parcels. */
export const construct = "BanditRollout";
export const name = "digits";

export const props: BanditRolloutProps = {
  arms: [
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
    {
      version: "1.2.0",
      uri: "s3://models/digits/1.2.0/model.onnx",
      sha256: "6b4e8a635a0d1d8d08cb18c232e5c2ccc694d5abd6ade44f56aa2fd8bda62186",
    },
  ],
  // Where a parcel went shows later whether its postcode was read correctly: 1 or 0.
  reward: { metric: "accuracy" },
  traffic: { updateEvery: "1m", warmUp: { rewards: 100 }, duration: "1h" },
  objectives: { latencyP95: "100ms", errorRate: 0.01 },
  analysis: { minimumSamples: 60 },
  routing: { istio: { hosts: ["digits.example.com"], gateways: ["istio-ingress/public"] } },
};

const models = "../digits-canary/models/digits";

export const rehearsal: RehearsalProps = {
  models: {
    "1.0.0": `${models}/1.0.0/model.onnx`,
    "1.1.0": `${models}/1.1.0/model.onnx`,
    "1.2.0": `${models}/1.2.0/model.onnx`,
  },
  samples: "../digits-canary/samples.json",
  // Labels arrive late, some of them twice, some for unknown parcels: each counts once, or not at all.
  labelDelay: "2m",
  feedbackNoise: { repeated: 0.05, unknown: 0.02, foreign: 0.02 },
  expect: "completed",
  flaw: "an arm that confuses 4 and 9",
  expectLeader: "1.1.0",
};
