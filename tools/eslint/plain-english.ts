import type { AST, Rule } from "eslint";
import { findPhrases } from "./phrases";

/** Reports phrases of translated idiom in strings, template literals and comments. */
const phrasesRule: Rule.RuleModule = {
  meta: {
    type: "problem",
    schema: [],
    messages: { phrase: '"{{text}}" is not plain English here; write: {{instead}}.' },
  },
  create(context) {
    const check = (text: string, loc: AST.SourceLocation | null | undefined): void => {
      if (!loc) return;
      for (const found of findPhrases(text)) context.report({ loc, messageId: "phrase", data: { ...found } });
    };
    return {
      Program: () => {
        for (const { value, loc } of context.sourceCode.getAllComments()) check(value, loc);
      },
      Literal: (node) => {
        if (typeof node.value === "string") check(node.value, node.loc);
      },
      TemplateElement: (node) => {
        const text = node.value.cooked ?? node.value.raw;
        // A brace stands for the expression before the text, so that its percent sign is checked too.
        check(isFirst(node) ? text : `}${text}`, node.loc);
      },
    };
  },
};

function isFirst(node: Rule.Node): boolean {
  return node.parent?.type === "TemplateLiteral" && node.parent.quasis[0] === node;
}

/** The ESLint plugin for the language of the code base. */
export const plainEnglish = { meta: { name: "plain-english" }, rules: { phrases: phrasesRule } };
