import type { RehearsalProps, ShadowDeploymentProps } from "slipway";
import { props as good, rehearsal as base } from "./props";

/** A shadow that takes half a second for each answer: it is detected, and users never wait for it. */
export const construct = "ShadowDeployment";
export const name = "digits";

export const props: ShadowDeploymentProps = good;

export const rehearsal: RehearsalProps = {
  ...base,
  faults: [{ track: "shadow", latency: "500ms", at: "1m" }],
  expect: "rolled-back",
};
