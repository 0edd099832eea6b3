import type { RehearsalProps } from "slipway";
import { rehearsal as undisturbed } from "./props";

/** Green answers some of the recorded requests incorrectly: traffic never switches to it, and no user is served by it. */
export { construct, name, props } from "./props";

export const rehearsal: RehearsalProps = {
  ...undisturbed,
  faults: [{ track: "green", wrong: 0.1 }],
  expect: "rolled-back",
};
