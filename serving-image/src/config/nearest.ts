/** The word that is at most two edits away from a misspelled one. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const ranked = words.map((candidate) => ({ candidate, edits: editDistance(word, candidate) }));
  ranked.sort((a, b) => a.edits - b.edits);
  return ranked[0] && ranked[0].edits <= 2 ? ranked[0].candidate : undefined;
}

/** The cost of one edit: of an element that only one side has, and of one that is replaced by another. */
interface EditCosts {
  readonly missing: number;
  replaced(a: string, b: string): number;
}

const EQUAL_COSTS: EditCosts = { missing: 1, replaced: (a, b) => Number(a !== b) };

/** The Levenshtein distance of two words by letter, or of two lists by element. */
export function editDistance(
  a: ArrayLike<string>,
  b: ArrayLike<string>,
  { missing, replaced }: EditCosts = EQUAL_COSTS,
): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i * missing);
  for (let i = 1; i <= a.length; i++) {
    const row = [i * missing];
    for (let j = 1; j <= b.length; j++) {
      const either = Math.min(row[j - 1] ?? 0, previous[j] ?? 0) + missing;
      row.push(Math.min(either, (previous[j - 1] ?? 0) + replaced(a[i - 1] ?? "", b[j - 1] ?? "")));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
