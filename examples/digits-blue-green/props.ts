import type { BlueGreenPairProps, RehearsalProps } from "slipway";

/** All traffic switches from 1.0.0 to 1.1.0 at once, and can switch back as fast. */
export const construct = "BlueGreenPair";
export const name = "digits";

export const props: BlueGreenPairProps = {
  blue: {
    version: "1.0.0",
    uri: "s3://models/digits/1.0.0/model.onnx",
    sha256: "902a7dbbfc7e452497809c1cab6f6b3b234c83f2bac064f95bd5543fc54420a5",
  },
  green: {
    version: "1.1.0",
    uri: "s3://models/digits/1.1.0/model.onnx",
    sha256: "7bd6fdd89d4e8b61b89e010d0beb507988a1a4fab04a7704ff14a32b2d6598b8",
  },
  live: "blue",
  preparedReplicas: 4,
  preview: { hosts: ["preview.digits.example.com"] },
  smokeTest: { requests: 100 },
  watchFor: "10m",
  standbyFor: "24h",
  objectives: { latencyP95: "100ms", errorRate: 0.01 },
  // Where a parcel went shows later whether its postcode was read correctly.
  analysis: { metrics: [{ name: "accuracy", margin: 0.05, minimumSamples: 40 }], minimumSamples: 60 },
  routing: { istio: { hosts: ["digits.example.com"], gateways: ["istio-ingress/public"] } },
};

const models = "../digits-canary/models/digits";

export const rehearsal: RehearsalProps = {
  models: { "1.0.0": `${models}/1.0.0/model.onnx`, "1.1.0": `${models}/1.1.0/model.onnx` },
  samples: "../digits-canary/samples.json",
  expect: "promoted",
};
