import { createRequire } from "node:module";

import type { parser as PromqlParser } from "@prometheus-io/lezer-promql" with { "resolution-mode": "import" };

// The package declares its types for ES modules only, but ships CommonJS too.
const { parser } = createRequire(__filename)("@prometheus-io/lezer-promql") as {
  readonly parser: typeof PromqlParser;
};

/** The position at which a PromQL expression does not parse. Knows the grammar, but neither types nor functions: promtool does. */
export function promqlProblems(expression: string): string[] {
  const problems: string[] = [];
  parser.parse(expression).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError)
        problems.push(`${expression}: does not parse at ${from}: ${JSON.stringify(expression.slice(from, to))}`);
    },
  });
  return problems;
}
