/** Who asks for an item: the protocol itself, sound practice where the protocol is silent, or one server's extension. */
export type Level = "required" | "expected" | "Triton" | "KServe";
export type Transport = "HTTP" | "gRPC";
export type Outcome = "pass" | "fail" | "not offered" | "no matter";

/** One thing that a server must do, and how to find out. */
export interface Item {
  readonly transport: Transport;
  readonly group: string;
  readonly name: string;
  readonly level: Level;
  /** Resolves with what was seen; throws a {@link Mismatch} where it is not as it must be. */
  check(): Promise<string>;
}

/** What came of one item. */
export interface ItemResult {
  readonly transport: Transport;
  readonly group: string;
  readonly name: string;
  readonly level: Level;
  readonly outcome: Outcome;
  /** What the server did, in a few words. */
  readonly seen: string;
}

/** The server did something else than it must. */
export class Mismatch extends Error {}

/** The server does not have what was asked for; a failure only where the protocol requires it. */
export class NotOffered extends Error {}

/** The item says nothing about this model, such as numbers in JSON where it takes none that JSON has. */
export class NoMatter extends Error {}

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
    return { outcome: "pass", seen: short(await check()) };
  } catch (error) {
    return {
      outcome: failedOutcome(error, level),
      seen: short(error instanceof Error ? error.message : String(error)),
    };
  }
}

function failedOutcome(error: unknown, level: Level): Outcome {
  if (error instanceof NoMatter) return "no matter";
  return error instanceof NotOffered && level !== "required" ? "not offered" : "fail";
}

const LONGEST = 110;

function short(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}
