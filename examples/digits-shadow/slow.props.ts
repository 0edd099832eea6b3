import type { RehearsalProps } from "slipway";
import { rehearsal as undisturbed } from "./props";

/** The shadow is so slow that copies pile up: it is found out, and the users of the live version wait no longer for it. */
export { construct, name, props } from "./props";

export const rehearsal: RehearsalProps = {
  ...undisturbed,
  faults: [{ track: "shadow", latency: "400ms", at: "1m" }],
  expect: "rolled-back",
};
