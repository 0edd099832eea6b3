import { badRequest } from "../core/http-error";

/** A UTF-16 surrogate that is not part of a pair, as the escape `\ud800` in JSON makes one. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Throws if there are strings that the runtime would change without an error: it cuts them at NUL. */
export function rejectLossyText(name: string, texts: readonly string[]): void {
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i] ?? "";
    if (text.includes("\0")) {
      throw badRequest(
        `Input "${name}": element ${i} contains a NUL character, at which the runtime would cut it; remove or replace it.`,
      );
    }
    if (LONE_SURROGATE.test(text)) {
      throw badRequest(`Input "${name}": element ${i} contains half of a surrogate pair, which has no UTF-8 encoding.`);
    }
  }
}
