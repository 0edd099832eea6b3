import type { RehearsalProps, ShadowDeploymentProps } from "slipway";
import { props as good } from "./props";

/** 1.2.0 confuses 4 and 9. The shadow shows it without a label, and without a user who is served by it. */
export const construct = "ShadowDeployment";
export const name = "digits";

export const props: ShadowDeploymentProps = {
  ...good,
  live: good.shadow,
  shadow: {
    version: "1.2.0",
    uri: "s3://models/digits/1.2.0/model.onnx",
    sha256: "6b4e8a635a0d1d8d08cb18c232e5c2ccc694d5abd6ade44f56aa2fd8bda62186",
  },
};

const models = "../digits-canary/models/digits";

export const rehearsal: RehearsalProps = {
  models: { "1.1.0": `${models}/1.1.0/model.onnx`, "1.2.0": `${models}/1.2.0/model.onnx` },
  samples: "../digits-canary/samples.json",
  expect: "rolled-back",
  flaw: "a model that confuses 4 and 9",
};
