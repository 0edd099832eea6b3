import type { RehearsalProps } from "slipway";
import { rehearsal as undisturbed } from "./props";

/** Green answers some of the recorded requests otherwise than expected: it is never switched to, and no user meets it. */
export { construct, name, props } from "./props";

export const rehearsal: RehearsalProps = {
  ...undisturbed,
  faults: [{ track: "green", wrong: 0.1 }],
  expect: "rolled-back",
};
