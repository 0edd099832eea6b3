import type { Outcome } from "../../../strategies/strategy";
import type { RehearsalReport } from "./report";

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  promoted: "promoted",
  "rolled-back": "rolled back",
  paused: "paused for a person",
  completed: "completed",
};

/** The outcome in words. */
export function outcomeWords(outcome: Outcome): string {
  return OUTCOMES[outcome];
}

/** Whether it is an end that was hoped for. */
export function isGoodEnd(outcome: Outcome): boolean {
  return outcome === "promoted" || outcome === "completed";
}

/** What a rehearsal is about, as a title. */
export function titleOf({ name, title }: RehearsalReport): string {
  return `${name}: ${title}`;
}
