import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Linter } from "eslint";
import { findPhrases } from "../../tools/eslint/phrases";
import { plainEnglish } from "../../tools/eslint/plain-english";
import { ROOT } from "../support/sources";

const phrasesIn = (text: string) => findPhrases(text).map((found) => found.text);

test.each([
  ['"30" is no duration', "is no duration"],
  ["4xx are no failures of the service", "are no failures"],
  ["a name that is none", "that is none"],
  ["5 % of the requests", "5 %"],
  ["the user is held to her variant", "her"],
  ["one request went astray", "astray"],
  ["a fault put in by the rehearsal", "fault put in"],
  ["all problems are told at once", "told"],
  ["the props are sound", "are sound"],
  ["it gives back the id", "gives back"],
  ["it hands on the request", "hands on"],
  ["Of one name, they share their tracks", "Of one name,"],
  ["an instant way back", "way back"],
  ["the version on trial", "on trial"],
  ["a server who answers", "server who"],
  ["before users meet it", "users meet"],
  ["the page lies in docs/", "lies in"],
])("%p is reported", (text, phrase) => {
  expect(phrasesIn(text)).toEqual([phrase]);
});

test.each([
  "there is no controller",
  "the canary is no longer the candidate, and is no worse than the baseline",
  "5% of the requests, p95 ≤ 100ms",
  "the remainder of 7 % 2 is 1",
  "there, where, whole, others",
  "the objective is met within the value that lies between 0 and 1",
  "returns a hands-on example, in which the two can be told apart",
])("%p is plain English", (text) => {
  expect(phrasesIn(text)).toEqual([]);
});

test("a phrase is found across the lines of a comment", () => {
  expect(phrasesIn("*\n * A name that\n * is none. ")).toEqual(["that is none"]);
});

test("the rule reads strings, template literals and comments, but not identifiers", () => {
  const code = [
    "// all problems are told at once",
    'const her = "it is no duration";',
    "const share = `${her} % and ${her}% of 5 %`;",
    "/* plain */ const told = `5%`;",
  ].join("\n");
  const messages = new Linter().verify(code, [
    { plugins: { "plain-english": plainEnglish }, rules: { "plain-english/phrases": "error" } },
  ]);
  expect(messages.map(({ line, message }) => [line, /^"([^"]+)"/.exec(message)?.[1]])).toEqual([
    [1, "told"],
    [2, "is no duration"],
    [3, "} %"],
    [3, "5 %"],
  ]);
});

const pages = [
  ...["README.md", "CONTRIBUTING.md", "serving-image/README.md"],
  ...["docs", "examples"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)),
  ),
].filter((file) => file.endsWith(".md"));

test("no page has one of the phrases", () => {
  expect(pages.length).toBeGreaterThan(15);
  const found = pages.map((page) => [page, phrasesIn(readFileSync(join(ROOT, page), "utf8"))] as const);
  expect(found.filter(([, phrases]) => phrases.length > 0)).toEqual([]);
});
