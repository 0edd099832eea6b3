import { canonicalJson } from "../../core/canonical";
import { CONTRACT } from "../../core/contract";
import { joinName } from "../../core/values/name";
import type { MetricRule, MetricRuleFiles } from "../runtime";

/** The rules of one metric, as the server reads them. */
type ServerRule = Required<Omit<MetricRule, "metric">>;

/** Name of the file in the ConfigMap. */
const RULES_FILE = CONTRACT.feedbackMetricsFile.slice(CONTRACT.mounts.feedback.length + 1);

/** The file that every replica reads the rules of the metrics from, in a ConfigMap of the application. */
export const metricRules: MetricRuleFiles = {
  configMapName: (application) => joinName(application, "feedback"),
  files: (rules) => ({ [RULES_FILE]: textOf(rules) }),
};

/** The same file for a clock that runs faster. */
export function metricRulesOnFasterClock(text: string, speed: number): string {
  const rules = Object.entries(JSON.parse(text) as Record<string, ServerRule>).map(([metric, rule]) => ({
    ...rule,
    metric,
    maturitySeconds: rule.maturitySeconds / speed,
  }));
  return textOf(rules);
}

function textOf(rules: readonly MetricRule[]): string {
  const byMetric = rules.map(({ metric, lowerBound, upperBound, maturitySeconds = 0 }): [string, ServerRule] => [
    metric,
    { lowerBound, upperBound, maturitySeconds },
  ]);
  return `${canonicalJson(Object.fromEntries(byMetric), 2)}\n`;
}
