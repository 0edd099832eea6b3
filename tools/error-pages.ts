import { CATALOGUE, formatFinding, type FindingCode } from "../lib";
import { exampleFinding } from "./error-examples";

/** Path of the generated page, relative to the root of the repository. */
export const ERRORS_FILE = "docs/errors.md";

/** The families of codes, by their first digit. */
const FAMILIES: Readonly<Record<string, string>> = {
  "0": "The form of the props",
  "1": "Values that do not fit together",
  "2": "Guardrails",
  "3": "One strategy",
  "4": "Router and runtime",
};

/** The page of all codes that a finding can have, each with an example message. */
export function errorsPage(): string {
  const codes = Object.keys(CATALOGUE) as FindingCode[];
  const unassigned = codes.filter((code) => FAMILIES[code.charAt(3)] === undefined);
  if (unassigned.length > 0) throw new Error(`FAMILIES has no entry for ${unassigned.join(", ")}`);
  const sections = Object.entries(FAMILIES).map(([digit, title]) => {
    const entries = codes.filter((code) => code.startsWith(`SLW${digit}`)).map(entry);
    return [`## ${title}`, ...entries].join("\n\n");
  });
  return `${[HEAD, ...sections].join("\n\n")}\n`;
}

const HEAD = `<!-- Generated from lib/core/findings/catalogue.ts: change that file, then run \`npm run generate\`. -->

# Findings

Every problem that Slipway finds in a declaration has a code. All findings are reported at once, each with the path of the
prop, what is allowed, and the fix. If one of them is an error, nothing is created. The form of every prop is checked first;
the rules for the rollout as a whole are checked once every prop is valid.`;

function entry(code: FindingCode): string {
  const { title, why } = CATALOGUE[code];
  return `### ${code} ${title}\n\n${why}\n\n\`\`\`text\n${formatFinding(exampleFinding(code))}\n\`\`\``;
}
