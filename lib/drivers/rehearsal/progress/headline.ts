import type { RolloutEvent } from "../../../strategies/decision";

/** Long lists of figures: the report's tables show them all. */
const BRACKETS = / \([^()]{40,}\)/;
const FURTHER = /; .*$/s;

/** An event's message, shortened for a log. */
export function headline({ kind, message }: RolloutEvent): string {
  const short = message.replace(BRACKETS, "");
  return kind === "extended" ? short.replace(FURTHER, " …") : short;
}

/** The events of one evaluation, without failed gates whose figures the last event repeats. */
export function withoutRepetition(events: readonly RolloutEvent[]): readonly RolloutEvent[] {
  const end = events.at(-1);
  return events.filter(
    (event) => event.kind !== "gate-failed" || event === end || !end?.message.includes(figuresOf(event)),
  );
}

function figuresOf({ message }: RolloutEvent): string {
  return message.slice(message.indexOf(": ") + 2);
}
