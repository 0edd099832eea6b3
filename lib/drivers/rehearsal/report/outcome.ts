import type { Outcome } from "../../../strategies/strategy";
import type { RehearsalReport } from "./report";

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  promoted: "promoted",
  "rolled-back": "rolled back",
  paused: "paused",
  completed: "completed",
};

/** An outcome as people read it. */
export function formatOutcome(outcome: Outcome): string {
  return OUTCOMES[outcome];
}

/** Whether a rollout ended as intended. */
export function isSuccess(outcome: Outcome): boolean {
  return outcome === "promoted" || outcome === "completed";
}

/** The title of a report. */
export function formatTitle({ name, title }: RehearsalReport): string {
  return `${name}: ${title}`;
}
