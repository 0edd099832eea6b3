import type { CanaryRolloutProps, RehearsalProps } from "slipway";
import { props as canary } from "../digits-canary/props";

/** During the canary of 1.1.0 an outage hits both versions alike. Neither is its cause, so nobody is rolled back. */
export const name = "digits";

export const props: CanaryRolloutProps = canary;

const models = "../digits-canary/models/digits";

export const rehearsal: RehearsalProps = {
  models: { "1.0.0": `${models}/1.0.0/model.onnx`, "1.1.0": `${models}/1.1.0/model.onnx` },
  samples: "../digits-canary/samples.json",
  // Both versions depend on the same database, for example.
  faults: [{ track: "all", errors: 1, at: "5m", for: "1m" }],
  expect: "promoted",
};
