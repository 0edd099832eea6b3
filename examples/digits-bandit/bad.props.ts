import type { BanditRolloutProps, RehearsalProps } from "slipway";
import { props as good, rehearsal as undisturbed } from "./props";

/** 1.1.0 reads best, then starts to fail: a guardrail removes it, whatever its reward. */
export const construct = "BanditRollout";
export const name = "digits";

export const props: BanditRolloutProps = { ...good, traffic: { ...good.traffic, duration: "20m" } };

export const rehearsal: RehearsalProps = {
  ...undisturbed,
  faults: [{ track: "1.1.0", errors: 0.1, at: "10m" }],
  expect: "completed",
  expectLeader: "1.0.0",
};
