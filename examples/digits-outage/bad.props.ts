import type { CanaryRolloutProps, RehearsalProps } from "slipway";
import { props as canary } from "../digits-canary/bad.props";
import { rehearsal as outage } from "./props";

/** The same outage during the canary of 1.2.0, which confuses 4 and 9. It does not hide the bad model. */
export const name = "digits";

export const props: CanaryRolloutProps = canary;

const models = "../digits-canary/models/digits";

export const rehearsal: RehearsalProps = {
  ...outage,
  models: { "1.1.0": `${models}/1.1.0/model.onnx`, "1.2.0": `${models}/1.2.0/model.onnx` },
  // It begins before 1.2.0 has served enough digits to be found.
  faults: [{ track: "all", errors: 1, at: "1m", for: "1m" }],
  expect: "rolled-back",
  flaw: "a model that confuses 4 and 9",
};
