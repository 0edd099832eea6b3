/** A phrase of translated idiom, and what an engineer of the field writes instead. */
export interface Phrase {
  readonly pattern: RegExp;
  readonly instead: string;
}

/** A phrase found in a text. */
export interface FoundPhrase {
  readonly text: string;
  readonly instead: string;
}

const PHRASES: readonly Phrase[] = [
  {
    pattern: /(?<!\bthere )\b(?:is|are) no (?!longer\b|more\b|less\b|fewer\b|better\b|worse\b|larger\b|smaller\b)\w+/gi,
    instead: "is not a valid …, is not a …",
  },
  { pattern: /\b(?:that|which|it|this|value|name) is none\b/gi, instead: "is not valid" },
  { pattern: /[\d}] %(?! \d)/g, instead: "5%, without a space" },
  { pattern: /\b(?:her|hers|herself|she)\b/gi, instead: "they, their" },
  { pattern: /\bwhom\b/gi, instead: "an active sentence with the users as its subject" },
  { pattern: /\b(?:who|whoever) (?:is|are) (?:not )?(?:ready|gone|late)\b/gi, instead: "which, for servers and pods" },
  { pattern: /\b(?:process|server|pod|replica|container)s? who\b/gi, instead: "which, for servers and pods" },
  { pattern: /\bastray\b/gi, instead: "misrouted" },
  { pattern: /\bfaults? (?:is |are |was |were )?put in\b|\bputs? in (?:a|the) faults?\b/gi, instead: "inject" },
  { pattern: /\b(?:put|puts|said|say|says|told) in words\b/gi, instead: "describe" },
  { pattern: /\blate (?:leaf|leaves|values?|strings?)\b/gi, instead: "deferred value" },
  { pattern: /\btold\b(?! apart\b)/gi, instead: "reported, distinguished" },
  { pattern: /\b(?:is|are|be) sound\b|\bunsound\b|\bsound (?:props|values?|rollouts?)\b/gi, instead: "valid" },
  { pattern: /\b(?:gives?|gave|given|giving) back\b/gi, instead: "returns" },
  { pattern: /\bhand(?:s|ed|ing)? (?:it |them |their \w+ )?on\b/gi, instead: "passes" },
  { pattern: /\bof one name,/gi, instead: "with the same name" },
  { pattern: /\bway back\b/gi, instead: "rollback" },
  { pattern: /\bon trial\b/gi, instead: "candidate" },
  { pattern: /\bfondest\b/gi, instead: "highest score" },
  { pattern: /\bharm(?:s|ed|ful|less)?\b/gi, instead: "regression, loss" },
  { pattern: /\b(?:users?|requests?|they|nobody|who) (?:met|meets?)\b/gi, instead: "were served by, were exposed to" },
  { pattern: /\bfor those of whose\b/gi, instead: "on the hot path" },
  { pattern: /\blies? (?:in|under|beside|at|there)\b/gi, instead: "is in, is at" },
];

/** Almost every text has none of the phrases: one search for all of them is much faster than one for each. */
const ANY = new RegExp(PHRASES.map(({ pattern }) => pattern.source).join("|"), "i");

/** The phrases in a text. Line breaks, with the comment mark of the next line, count as spaces. */
export function findPhrases(text: string): FoundPhrase[] {
  const line = text.replace(/\s*\n\s*(?:\*|\/\/)?\s*/g, " ");
  if (!ANY.test(line)) return [];
  return PHRASES.flatMap(({ pattern, instead }) =>
    [...line.matchAll(pattern)].map(([found]) => ({ text: found, instead })),
  );
}
