import { describeDuplicateKey, duplicateKeysOf } from "./duplicate-keys";

/** Parses the text of a file that a person may have written; throws if a key occurs twice, since only one would count. */
export function parseJsonFile(text: string): unknown {
  const content: unknown = JSON.parse(text);
  const [duplicate] = duplicateKeysOf(text);
  if (duplicate) throw new Error(describeDuplicateKey(duplicate));
  return content;
}
