import { isUtf8 } from "node:buffer";
import { badRequest } from "../core/http-error";

/** Maximum nesting of arrays and objects; far more than the rank of any tensor. */
const MAX_DEPTH = 64;

/** Takes the place of what is not valid UTF-8. */
const REPLACEMENT = "\ufffd";

/** Decodes a body, or its start; throws if it is not UTF-8. */
export function decodeUtf8(body: Buffer, length = body.length): string {
  const text = body.toString("utf8", 0, length);
  if (!text.includes(REPLACEMENT) || isUtf8(body.subarray(0, length))) return text;
  throw badRequest("The body is not valid UTF-8.");
}

/** Parses a body. Excessive nesting is rejected, since it can only be an attack. */
export function parseJson(text: string): unknown {
  if (isTooDeep(text)) throw badRequest(`The body is JSON nested more than ${MAX_DEPTH} levels deep.`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest(`The body is not valid JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const [QUOTE, BACKSLASH, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

/** Text with few brackets, which is most of it, is not scanned. */
function isTooDeep(text: string): boolean {
  if (countUpTo(MAX_DEPTH, text, "[") + countUpTo(MAX_DEPTH, text, "{") <= MAX_DEPTH) return false;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === OPEN_ARRAY || code === OPEN_OBJECT) {
      if (++depth > MAX_DEPTH) return true;
    } else if (code === CLOSE_ARRAY || code === CLOSE_OBJECT) depth--;
    else if (code === QUOTE) i = endOfString(text, i);
  }
  return false;
}

/** Counts a character in a text, and stops above `most`. */
function countUpTo(most: number, text: string, character: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at >= 0 && count <= most; at = text.indexOf(character, at + 1)) count++;
  return count;
}

function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text.charCodeAt(i) !== QUOTE) i += text.charCodeAt(i) === BACKSLASH ? 2 : 1;
  return i;
}

const STRING_OR_LARGE_INTEGER = /"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/** Parses JSON with integers that exceed the precision of a double: those of 16 digits or more become strings. */
export function parseWithLargeIntegers(text: string): unknown {
  return JSON.parse(text.replace(STRING_OR_LARGE_INTEGER, (found) => (found.startsWith('"') ? found : `"${found}"`)));
}
