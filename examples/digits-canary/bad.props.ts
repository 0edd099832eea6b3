import type { CanaryRolloutProps, RehearsalProps } from "slipway";
import { props as good } from "./props";

/** 1.2.0 is as fast and as healthy as 1.1.0, but confuses 4 and 9. It must not get far. */
export const name = "digits";

export const props: CanaryRolloutProps = {
  ...good,
  stable: good.canary,
  canary: {
    version: "1.2.0",
    uri: "s3://models/digits/1.2.0/model.onnx",
    sha256: "6b4e8a635a0d1d8d08cb18c232e5c2ccc694d5abd6ade44f56aa2fd8bda62186",
  },
};

export const rehearsal: RehearsalProps = {
  models: { "1.1.0": "models/digits/1.1.0/model.onnx", "1.2.0": "models/digits/1.2.0/model.onnx" },
  samples: "samples.json",
  expect: "rolled-back",
  flaw: "a model that confuses 4 and 9",
};
