import { formatDuration, formatPercent } from "../../core/format";
import type { Diagnostics } from "../../core/findings/diagnostics";
import { largestDeviation, testLength } from "../../strategies/ab-test/power";
import { evenSplit } from "../../strategies/even-split";
import { checkBusinessMetrics, checkMaturity, checkObservationTime, checkWarmUp } from "../common/rollout-guardrails";
import { checkSplit } from "../common/split";
import type { ParsedAbTestProps } from "./schema";

/** Rules across the props of an A/B test. */
export function checkAbTest(props: ParsedAbTestProps, diagnostics: Diagnostics): void {
  checkVariants(props, diagnostics);
  checkUnit(props, diagnostics);
  checkMetric(props, diagnostics);
  checkBusinessMetrics(props.analysis.metrics, "analysis.metrics", diagnostics);
  const time = { path: "duration", seconds: props.duration };
  checkObservationTime(props.monitoring, time, diagnostics);
  checkWarmUp(props.analysis, time, diagnostics);
  checkMaturity(props.metric, "metric", props.monitoring, time, diagnostics);
  props.analysis.metrics.forEach((metric, i) =>
    checkMaturity(metric, `analysis.metrics[${i}]`, props.monitoring, time, diagnostics),
  );
  if (props.split !== undefined)
    checkSplit(props.split, "split", { models: props.variants, noun: "variant" }, diagnostics);
  checkControl(props, diagnostics);
  checkDuration(props, diagnostics);
}

function checkVariants({ variants }: ParsedAbTestProps, diagnostics: Diagnostics): void {
  if (variants.length < 2) {
    diagnostics.error("SLW311", "variants", {
      message: variants.length === 0 ? "there is no variant." : `${variants[0]?.version} is the only variant.`,
      allowed: "two variants or more, the control first",
      fix: "Add a version to compare with it, or use ModelService for a single version.",
    });
  }
  variants.forEach(({ version }, index) => {
    if (variants.findIndex((variant) => variant.version === version) === index) return;
    diagnostics.error("SLW312", `variants[${index}].version`, {
      message: `${version} is already a variant.`,
      fix: "Remove it, or name another version.",
    });
  });
}

function checkUnit({ unit }: ParsedAbTestProps, diagnostics: Diagnostics): void {
  const given = [unit.cookie, unit.header, unit.hash].filter((each) => each !== undefined).length;
  if (given === 1) return;
  diagnostics.error("SLW005", "unit", {
    message:
      given === 0
        ? "it does not say how users are pinned to variants."
        : `it names ${given === 2 ? "two" : "three"} ways to pin users.`,
    allowed: "exactly one of: cookie, header, hash",
    fix: 'Set `unit: { cookie: {} }` for browsers, `unit: { header: {} }` for callers that send buckets, or `unit: { hash: { header: "x-user-id" } }`.',
  });
}

function checkMetric({ metric, analysis }: ParsedAbTestProps, diagnostics: Diagnostics): void {
  if (metric.lowerBound >= metric.upperBound) {
    diagnostics.error("SLW110", "metric.upperBound", {
      message: `${metric.upperBound} is not above lowerBound, ${metric.lowerBound}.`,
      fix: "Use the smallest and the largest value that can be sent.",
    });
  }
  const same = analysis.metrics.findIndex(({ name }) => name === metric.name);
  if (same >= 0) {
    diagnostics.error("SLW313", `analysis.metrics[${same}].name`, {
      message: `"${metric.name}" is the metric that decides the test.`,
      fix: "Guard a metric that a win could worsen, such as revenue where clicks decide.",
    });
  }
  if (analysis.metrics.length === 0) {
    diagnostics.warning("SLW314", "analysis.metrics", {
      message: `no business metric guards against a win of ${metric.name} that costs elsewhere.`,
      fix: 'Name a metric that must not fall, such as `analysis: { metrics: [{ name: "revenue", upperBound: 500 }] }`.',
    });
  }
}

function checkControl({ controller, running }: ParsedAbTestProps, diagnostics: Diagnostics): void {
  if (!controller.enabled || !running) return;
  diagnostics.error("SLW005", "running", {
    message: "both this program and a controller start the test.",
    fix: "Leave out `running`, or controller.enabled.",
  });
}

/** A test that is too short for its effect exposes users to variants and answers nothing. */
function checkDuration(props: ParsedAbTestProps, diagnostics: Diagnostics): void {
  const { expected, metric, duration, variants } = props;
  if (expected === undefined || variants.length < 2) return;
  const needed = secondsNeeded(props, expected);
  if (duration >= needed) return;
  const effect = formatPercent(metric.minimumEffect);
  diagnostics.error("SLW315", "duration", {
    message: `${formatDuration(duration)} is too short to find a difference of ${effect} at ${expected.valuesPerHour} values per hour.`,
    allowed: `about ${formatDuration(needed)} or longer`,
    fix: "Lengthen it, look for a larger effect, or give the smallest variant a larger share.",
  });
}

/** Time until the variant with the smallest share has as many values as the test needs. */
function secondsNeeded(
  { metric, variants, split, falseWinRate }: ParsedAbTestProps,
  { valuesPerHour, mean, deviation = largestDeviation(mean, metric) }: NonNullable<ParsedAbTestProps["expected"]>,
): number {
  const versions = variants.map(({ version }) => version);
  const shares = { metric, variants: versions, split: split ?? evenSplit(versions), falseWinRate };
  const { seconds } = testLength(shares, { valuesPerSecond: valuesPerHour / 3600, mean, deviation });
  return Math.ceil(seconds / 3600) * 3600;
}
