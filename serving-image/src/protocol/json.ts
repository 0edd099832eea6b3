import { isUtf8 } from "node:buffer";
import { badRequest } from "../core/refusal";

/** Arrays and objects in one another; far more than the rank of any tensor. */
const MAX_DEPTH = 64;

/** The text that a body, or a part of it, is. */
export function textOfBody(body: Buffer): string {
  if (isUtf8(body)) return body.toString();
  throw badRequest("The body is not UTF-8.");
}

/** Parses a body, refusing what is nested so deeply that it could only be meant to do harm. */
export function parseJson(text: string): unknown {
  if (isTooDeep(text)) throw badRequest(`The body is JSON nested more than ${MAX_DEPTH} levels deep.`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest(`The body is not JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const [QUOTE, BACKSLASH, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

/** Text with no more brackets than may stand in one another, which is most of it, need not be read for it. */
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

/** How often a character stands in a text; more than `most` is not counted. */
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

/** Parses JSON whose whole numbers go beyond what a double holds: those of 16 digits or more come out as strings. */
export function parseWithLargeIntegers(text: string): unknown {
  return JSON.parse(text.replace(STRING_OR_LARGE_INTEGER, (found) => (found.startsWith('"') ? found : `"${found}"`)));
}
