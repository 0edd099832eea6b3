/** Where an item comes from: the protocol, good practice where the protocol is silent, or one server's extension. */
export type Level = "required" | "expected" | "Triton" | "KServe";
type Transport = "HTTP" | "gRPC";
export type Outcome = "pass" | "fail" | "not offered" | "not applicable";

/** One thing that a server must do, and its check. */
export interface Item {
  readonly transport: Transport;
  readonly group: string;
  readonly name: string;
  readonly level: Level;
  /** Resolves with what was observed; throws a {@link Mismatch} if that is wrong. */
  check(): Promise<string>;
}

/** The result of one item. */
export interface ItemResult {
  readonly transport: Transport;
  readonly group: string;
  readonly name: string;
  readonly level: Level;
  readonly outcome: Outcome;
  /** What the server did, in a few words. */
  readonly seen: string;
}

/** The server does not behave as it must. */
export class Mismatch extends Error {}

/** The server does not offer a feature; a failure only if the protocol requires it. */
export class NotOffered extends Error {}

/** The item does not apply to this model, such as numbers in JSON to a datatype that JSON does not have. */
export class NotApplicable extends Error {}

/** Items of one group, each as `[level, name, check]`. */
export function items(
  transport: Transport,
  group: string,
  list: readonly (readonly [level: Level, name: string, check: () => Promise<string>])[],
): Item[] {
  return list.map(([level, name, check]) => ({ transport, group, name, level, check }));
}

/** Runs items one after the other. */
export async function runItems(list: readonly Item[]): Promise<ItemResult[]> {
  const results: ItemResult[] = [];
  for (const { check, ...item } of list) results.push({ ...item, ...(await outcomeOf(check, item.level)) });
  return results;
}

async function outcomeOf(check: Item["check"], level: Level): Promise<Pick<ItemResult, "outcome" | "seen">> {
  try {
    return { outcome: "pass", seen: shorten(await check()) };
  } catch (error) {
    return {
      outcome: failedOutcome(error, level),
      seen: shorten(error instanceof Error ? error.message : String(error)),
    };
  }
}

function failedOutcome(error: unknown, level: Level): Outcome {
  if (error instanceof NotApplicable) return "not applicable";
  return error instanceof NotOffered && level !== "required" ? "not offered" : "fail";
}

const MAX_LENGTH = 110;

function shorten(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH - 1)}…` : line;
}
