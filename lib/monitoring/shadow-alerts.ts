import { formatPercent } from "../core/format";
import type { AlertRule, RuleGroup } from "../kubernetes/prometheus-rule";
import { increaseBy } from "./promql";
import { grouping, hasMetrics, selector, type Series, type SeriesWith } from "./series";

const WINDOW = "15m";

/** What the predictions of a shadow must show. */
export interface Agreement {
  /** Share of the pairs that must agree. */
  readonly atLeast: number;
  /** Pairs below which nothing is concluded. */
  readonly minimumPairs: number;
  /** Where the server shows pairs that differ. */
  readonly samplesPath: string;
}

/** Alerts on a shadow's predictions, and on copies that are not compared at all. */
export function shadowRules(shadow: Series, live: string, agreement: Agreement): RuleGroup[] {
  if (!hasMetrics(shadow, "comparison")) return [];
  return [
    {
      name: `slipway.${shadow.model}.${shadow.version}.predictions`,
      rules: [differs(shadow, live, agreement), notCompared(shadow, live)],
    },
  ];
}

function differs(shadow: SeriesWith<"comparison">, live: string, agreement: Agreement): AlertRule {
  const { atLeast, minimumPairs, samplesPath } = agreement;
  const { pairs, agreesLabel } = shadow.metrics.comparison;
  const agreeing = perWindow(pairs, shadow, `${agreesLabel}="true"`);
  const all = perWindow(pairs, shadow);
  return {
    alert: "SlipwayShadowDiffers",
    expr: `${agreeing} / ${all} < ${atLeast} and ${all} >= ${minimumPairs}`,
    for: "2m",
    labels: { severity: "critical" },
    annotations: {
      summary: `predictions of ${shadow.model} ${shadow.version} differ from those of ${live}`,
      description: `Only {{ $value | humanizePercentage }} of its predictions agree with those of ${live}; at least ${formatPercent(atLeast)} should. Users do not get them. Samples: GET ${samplesPath.replace("{model}", shadow.model)} on its pods.`,
    },
  };
}

/** A shadow whose predictions are never compared would otherwise go unnoticed. */
function notCompared(shadow: SeriesWith<"comparison">, live: string): AlertRule {
  const { pairs, unpaired: counter, reasonLabel } = shadow.metrics.comparison;
  const unpaired = perWindow(counter, shadow);
  const paired = perWindow(pairs, shadow);
  return {
    alert: "SlipwayShadowNotCompared",
    expr: `${unpaired} > ${paired} and ${unpaired} >= 10`,
    for: "10m",
    labels: { severity: "warning" },
    annotations: {
      summary: `most predictions of ${shadow.model} ${shadow.version} are not compared`,
      description: `{{ $value | humanize }} copies in ${WINDOW} could not be compared with the answers of ${live}. The label \`${reasonLabel}\` of ${counter} says why.`,
    },
  };
}

function perWindow(metric: string, series: Series, ...more: string[]): string {
  return increaseBy(grouping(series), `${metric}${selector(series, ...more)}`, WINDOW);
}
