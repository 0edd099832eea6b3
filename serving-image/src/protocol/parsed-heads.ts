import { parseJson } from "./json";

/** Longer heads hold data of their own, and are rarely sent twice. */
const MAX_LENGTH = 1024;
const MAX_HEADS = 256;

const known = new Map<string, unknown>();

/**
 * Parses the JSON at the start of a binary request. A client sends the same one with every tensor of a shape, so parsed ones
 * are kept: parsing costs more than everything else that is particular to a binary request. Callers must not change them.
 */
export function parseHead(text: string): unknown {
  const found = known.get(text);
  if (found !== undefined) return found;
  const parsed = parseJson(text);
  if (text.length > MAX_LENGTH) return parsed;
  if (known.size === MAX_HEADS) known.clear();
  known.set(text, parsed);
  return parsed;
}
