import { formatPercent } from "../core/format";
import { CONTRACT } from "../core/contract";
import type { AlertRule, RuleGroup } from "../kubernetes/prometheus-rule";
import { GROUPING, selector, type Series } from "./promql";

const { metrics, labels } = CONTRACT;

const WINDOW = "15m";

/** What is asked of a shadow's predictions. */
export interface Agreement {
  /** Share of the pairs that must agree. */
  readonly atLeast: number;
  /** Pairs under which nothing is said. */
  readonly minimumPairs: number;
}

/** Alerts for people on a shadow's predictions, and on their not being compared at all. */
export function shadowRules(shadow: Series, live: string, agreement: Agreement): RuleGroup[] {
  return [
    {
      name: `slipway.${shadow.model}.${shadow.version}.predictions`,
      rules: [differs(shadow, live, agreement), notCompared(shadow, live)],
    },
  ];
}

function differs(shadow: Series, live: string, { atLeast, minimumPairs }: Agreement): AlertRule {
  const pairs = (agrees: boolean) => perWindow(metrics.comparisonPairs, shadow, `${labels.agrees}="${agrees}"`);
  const all = perWindow(metrics.comparisonPairs, shadow);
  return {
    alert: "SlipwayShadowDiffers",
    expr: `${pairs(true)} / ${all} < ${atLeast} and ${all} >= ${minimumPairs}`,
    for: "2m",
    labels: { severity: "critical" },
    annotations: {
      summary: `${shadow.model} ${shadow.version} predicts otherwise than ${live}`,
      description: `{{ $value | humanizePercentage }} of its predictions are those of ${live}, ${formatPercent(atLeast)} should be. Users do not get them. Samples: GET ${CONTRACT.paths.comparison.replace("{model}", shadow.model)} on its pods.`,
    },
  };
}

/** Nothing passes on no data, and nobody notices what is never compared. */
function notCompared(shadow: Series, live: string): AlertRule {
  const unpaired = perWindow(metrics.comparisonUnpaired, shadow);
  const paired = perWindow(metrics.comparisonPairs, shadow);
  return {
    alert: "SlipwayShadowNotCompared",
    expr: `${unpaired} > ${paired} and ${unpaired} >= 10`,
    for: "10m",
    labels: { severity: "warning" },
    annotations: {
      summary: `most predictions of ${shadow.model} ${shadow.version} find no partner`,
      description: `{{ $value | humanize }} copies in ${WINDOW} could not be compared with ${live}'s answers; the reasons are the label \`${labels.reason}\` of ${metrics.comparisonUnpaired}.`,
    },
  };
}

function perWindow(metric: string, series: Series, ...more: string[]): string {
  return `sum by (${GROUPING}) (increase(${metric}${selector(series, ...more)}[${WINDOW}]))`;
}
