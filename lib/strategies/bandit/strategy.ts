import type { Outcome, Strategy } from "../strategy";
import { evidence } from "./arms";
import { decide } from "./decide";
import type { BanditPolicy } from "./policy";
import { initialState, type BanditPhase, type BanditState } from "./state";

const OUTCOMES: Readonly<Partial<Record<BanditPhase, Outcome>>> = {
  completed: "completed",
  "rolled-back": "rolled-back",
};

/** Several versions earn rewards, and those that earn more get more of the traffic. */
export const bandit: Strategy<BanditPolicy, BanditState> = {
  tracks: ({ arms }) => arms,
  opening: (policy) => ({ weights: initialState(policy, 0).weights }),
  decide,
  evidence,
  outcome: ({ phase }) => OUTCOMES[phase],
};
