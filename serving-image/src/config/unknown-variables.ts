import { editDistance } from "./nearest";
import { isServiceLink } from "./service-links";

const PREFIX = "SLIPWAY_";

/** A variable that looks like a setting of the server, but is not one. */
export interface UnknownVariable {
  readonly variable: string;
  readonly fix: string;
}

/** The variables that the server knows. */
export interface KnownVariables {
  /** The settings of the file, with the variable that overrides each, if there is one. */
  readonly settings: ReadonlyMap<string, string | undefined>;
  /** Other variables that are used, such as one that contains a password. */
  readonly others: ReadonlySet<string>;
}

/** The variables that begin with `SLIPWAY_` and that nothing uses: probably misspelled. Their values are never shown. */
export function unknownVariables(environment: NodeJS.ProcessEnv, known: KnownVariables): UnknownVariable[] {
  const used = new Set([...known.others, ...[...known.settings.values()].filter((name) => name !== undefined)]);
  const isUnknown = ([name, value]: [string, string | undefined]): boolean =>
    name.toUpperCase().startsWith(PREFIX) && Boolean(value) && !used.has(name) && !isServiceLink(name, value);
  return Object.entries(environment)
    .filter(isUnknown)
    .map(([variable]) => ({ variable, fix: fixOf(variable, used, known.settings) }));
}

function fixOf(variable: string, used: ReadonlySet<string>, settings: KnownVariables["settings"]): string {
  const named = [...used].filter((name) => name.startsWith(PREFIX)).map((name) => ({ name, fix: didYouMean(name) }));
  const derived = [...settings].map(([path, name]) => ({
    name: variableNameOf(path),
    fix: name === undefined ? `No variable sets ${path}: set it in the configuration file.` : didYouMean(name),
  }));
  const ranked = [...named, ...derived].map(({ name, fix }) => ({ fix, distance: distanceOf(variable, name) }));
  ranked.sort((a, b) => a.distance - b.distance);
  return ranked[0]?.fix ?? "Remove it.";
}

const didYouMean = (name: string): string => `Did you mean ${name}?`;

/** The name that a variable for a setting would have: `SLIPWAY_HTTP_BODY_LIMIT_BYTES` for `http.bodyLimitBytes`. */
function variableNameOf(path: string): string {
  return (
    PREFIX +
    path
      .replace(/([a-z])([A-Z])/g, "$1_$2")
      .replaceAll(".", "_")
      .toUpperCase()
  );
}

/** A word that is missing or superfluous is a smaller mistake than another word: SLIPWAY_PORT is not SLIPWAY_HOST. */
const WORD_MISSING = 0.4;

/** How far apart two names are, by letters within a word, and by words. */
function distanceOf(variable: string, name: string): number {
  const [a, b] = [wordsOf(variable), wordsOf(name)];
  const byLetters = (2 * editDistance(a.join(""), b.join(""))) / Math.max(1, a.join("").length);
  return Math.min(byLetters, editDistance(a, b, { missing: WORD_MISSING, replaced: differenceOf }));
}

function wordsOf(name: string): string[] {
  return name
    .toUpperCase()
    .slice(PREFIX.length)
    .split("_")
    .filter((word) => word !== "");
}

function differenceOf(a: string, b: string): number {
  return editDistance(a, b) / Math.max(a.length, b.length);
}
