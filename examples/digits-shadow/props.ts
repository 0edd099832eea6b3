import type { RehearsalProps, ShadowDeploymentProps } from "slipway";

/** 1.1.0 gets copies of the requests to 1.0.0. The predictions of both are compared, and those of 1.1.0 are dropped. */
export const construct = "ShadowDeployment";
export const name = "digits";

export const props: ShadowDeploymentProps = {
  live: {
    version: "1.0.0",
    uri: "s3://models/digits/1.0.0/model.onnx",
    sha256: "902a7dbbfc7e452497809c1cab6f6b3b234c83f2bac064f95bd5543fc54420a5",
  },
  shadow: {
    version: "1.1.0",
    uri: "s3://models/digits/1.1.0/model.onnx",
    sha256: "7bd6fdd89d4e8b61b89e010d0beb507988a1a4fab04a7704ff14a32b2d6598b8",
  },
  percent: 50,
  duration: "5m",
  // A better model sometimes predicts something else: 1.0.0 and 1.1.0 agree on 99 of 100 digits.
  agreement: { atLeast: 0.95 },
  serving: { comparison: { agreement: "top-1" } },
  objectives: { latencyP95: "100ms", errorRate: 0.01 },
  routing: { istio: { hosts: ["digits.example.com"], gateways: ["istio-ingress/public"] } },
};

const models = "../digits-canary/models/digits";

export const rehearsal: RehearsalProps = {
  models: { "1.0.0": `${models}/1.0.0/model.onnx`, "1.1.0": `${models}/1.1.0/model.onnx` },
  samples: "../digits-canary/samples.json",
  expect: "completed",
};
