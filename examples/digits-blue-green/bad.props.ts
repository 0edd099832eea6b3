import type { BlueGreenPairProps, RehearsalProps } from "slipway";
import { props as good } from "./props";

/** 1.2.0 answers every recorded request as recorded, but confuses 4 and 9: only the labels after the switch show it. */
export const construct = "BlueGreenPair";
export const name = "digits";

export const props: BlueGreenPairProps = {
  ...good,
  blue: good.green,
  green: {
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
