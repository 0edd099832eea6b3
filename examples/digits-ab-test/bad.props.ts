import type { AbTestProps, RehearsalProps } from "slipway";
import { props as good, rehearsal as base } from "./props";

/** A third of the users of 1.1.0 are sent to 1.0.0 all the same, so the result would describe other users. */
export const construct = "AbTest";
export const name = "digits";

export const props: AbTestProps = good;

export const rehearsal: RehearsalProps = {
  ...base,
  faults: [{ track: "1.1.0", strays: 0.35 }],
  expect: "rolled-back",
};
