import { isOrderedVersion } from "../core/model-names";

/**
 * Sorts by version, newest first: 10 is newer than 9, and a release is newer than its candidates. A version that is neither
 * a number nor a semantic version comes last, in alphabetical order.
 */
export function newestFirst<T>(items: readonly T[], versionOf: (item: T) => string): T[] {
  return [...items].sort((a, b) => compareVersions(versionOf(b), versionOf(a)));
}

function compareVersions(a: string, b: string): number {
  const [isFirstOrdered, isSecondOrdered] = [isOrderedVersion(a), isOrderedVersion(b)];
  if (isFirstOrdered !== isSecondOrdered) return isFirstOrdered ? 1 : -1;
  return isFirstOrdered ? compareOrdered(a, b) : compareTexts(b, a);
}

function compareOrdered(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  return (
    compareIdentifiers(left.numbers, right.numbers) ||
    // Semantic versioning: 1.0.0-rc.1 comes before 1.0.0.
    Number(left.candidate.length === 0) - Number(right.candidate.length === 0) ||
    compareIdentifiers(left.candidate, right.candidate) ||
    // Builds have no order by the standard; any fixed one will do.
    compareTexts(a, b)
  );
}

function partsOf(version: string): { numbers: string[]; candidate: string[] } {
  const [core = ""] = version.split("+");
  const dash = core.indexOf("-");
  const numbers = dash < 0 ? core : core.slice(0, dash);
  return { numbers: numbers.split("."), candidate: dash < 0 ? [] : core.slice(dash + 1).split(".") };
}

function compareIdentifiers(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const order = compareIdentifier(a[i], b[i]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareIdentifier(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  const [isNumber, isOtherNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumber && isOtherNumber) return compareNumbers(a, b);
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
  return compareTexts(a, b);
}

/** Compares whole numbers of any length: a time stamp has more digits than a double can represent. */
function compareNumbers(a: string, b: string): number {
  return Number(BigInt(a) > BigInt(b)) - Number(BigInt(a) < BigInt(b));
}

function compareTexts(a: string, b: string): number {
  return Number(a > b) - Number(a < b);
}
