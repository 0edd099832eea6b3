import type { Outcome } from "../../../strategies/strategy";
import type { RehearsalReport } from "./report";

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  promoted: "promoted",
  "rolled-back": "rolled back",
  paused: "paused for a person",
  completed: "completed",
};

const TITLES: Readonly<Record<string, (home: string, trials: string) => string>> = {
  canary: (home, trials) => `canary of ${trials} against ${home}`,
  "blue-green": (home, trials) => `switch from ${home} to ${trials}`,
  "ab-test": (home, trials) => `A/B test of ${home} and ${trials}`,
  shadow: (home, trials) => `shadow ${trials} beside ${home}`,
  bandit: (home, trials) => `bandit of ${home} and ${trials}`,
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
export function titleOf({ name, strategy, tracks: [home, ...trials] }: RehearsalReport): string {
  const others = trials.map(({ version }) => version).join(" and ");
  return `${name}: ${TITLES[strategy]?.(home.version, others) ?? `${home.version} and ${others}`}`;
}
