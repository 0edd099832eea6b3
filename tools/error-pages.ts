import { CATALOGUE, formatFinding, type FindingCode } from "../lib";
import { exampleFinding } from "./error-examples";

/** Where the generated page lies, from the root of the repository. */
export const ERRORS_FILE = "docs/errors.md";

/** The families of codes, by their first digit. */
const FAMILIES: Readonly<Record<string, string>> = {
  "0": "The form of the props",
  "1": "Values that do not fit together",
  "2": "Guardrails",
  "3": "One strategy",
};

/** The page of all codes that a finding can have, each with an example of what it says. */
export function errorsPage(): string {
  const codes = Object.keys(CATALOGUE) as FindingCode[];
  const homeless = codes.filter((code) => FAMILIES[code.charAt(3)] === undefined);
  if (homeless.length > 0) throw new Error(`no family of codes takes ${homeless.join(", ")}`);
  const sections = Object.entries(FAMILIES).map(([digit, title]) => {
    const entries = codes.filter((code) => code.startsWith(`SLW${digit}`)).map(entry);
    return [`## ${title}`, ...entries].join("\n\n");
  });
  return `${[HEAD, ...sections].join("\n\n")}\n`;
}

const HEAD = `<!-- Generated from lib/core/findings/catalogue.ts: change that, then run \`npm run generate\`. -->

# Findings

Everything that Slipway finds wrong with what you declare has a code. All findings are told at once, each with the path of
the prop, what is allowed and what to do; where one is an error, nothing is created. What the props are is looked at first;
whether they make a sound rollout, once each of them can be read.`;

function entry(code: FindingCode): string {
  const { title, why } = CATALOGUE[code];
  return `### ${code} ${title}\n\n${why}\n\n\`\`\`text\n${formatFinding(exampleFinding(code))}\n\`\`\``;
}
