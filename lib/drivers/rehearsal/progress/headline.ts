import type { RolloutEvent } from "../../../strategies/decision";

/** A list of figures in brackets, or behind the first of them: the tables have them all. */
const BRACKETS = / \([^()]{40,}\)/;
const FURTHER = /; .*$/s;

/** What an event says, as short as it can be read in a log. */
export function headline({ kind, message }: RolloutEvent): string {
  const short = message.replace(BRACKETS, "");
  return kind === "extended" ? short.replace(FURTHER, " …") : short;
}

/** The events of one look without failed gates whose figures the end says again. */
export function withoutRepetition(events: readonly RolloutEvent[]): readonly RolloutEvent[] {
  const end = events.at(-1);
  return events.filter(
    (event) => event.kind !== "gate-failed" || event === end || !end?.message.includes(figuresOf(event)),
  );
}

function figuresOf({ message }: RolloutEvent): string {
  return message.slice(message.indexOf(": ") + 2);
}
