import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describeIf } from "./describe-if";
import { promqlProblems } from "./promql";

/** A period with synthetic series, and the alerts that fire in it. */
export interface RuleCase {
  readonly name: string;
  /**
   * Time between two values of a series.
   * @default "1m"
   */
  readonly interval?: string;
  /** Values by series, in promtool's notation: `{ 'up{job="digits"}': "1x10 0x5" }`. */
  readonly series: Readonly<Record<string, string>>;
  /** By time since the start, such as `"10m"`: the names of all alerts that fire then. */
  readonly firing: Readonly<Record<string, readonly string[]>>;
  /** Expected values of expressions, to test recording rules. */
  readonly values?: readonly ExpectedValue[];
  /** Alerts with their rendered annotations. */
  readonly alerts?: readonly ExpectedAlert[];
}

/** The one alert of a name that fires at a time. */
export interface ExpectedAlert {
  readonly at: string;
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
  /** With their templates filled in. */
  readonly annotations: Readonly<Record<string, string>>;
}

export interface ExpectedValue {
  readonly at: string;
  readonly expr: string;
  /** By series: `{ 'digits:requests:rate1m{version="1.0.0"}': 0.5 }`. */
  readonly samples: Readonly<Record<string, number>>;
}

interface Rule {
  readonly expr: string;
}

const promtool = findPromtool();

/** `describe` for `testRules`: skipped, with a line that says so, if there is no promtool. */
export function describeWithPromtool(name: string, body: () => void): void {
  describeIf(promtool, "needs promtool, on the PATH or named by PROMTOOL", name, body);
}

/**
 * The problems of rules, by `promtool check rules`; without promtool, by the grammar of PromQL alone.
 *
 * @param spec the `spec` of a PrometheusRule
 * @returns nothing if they are valid; an empty list of rules is a problem
 */
export function checkRules(spec: object | undefined): string[] {
  const { groups = [] } = (spec ?? {}) as { readonly groups?: readonly { readonly rules: readonly Rule[] }[] };
  const rules = groups.flatMap((group) => group.rules);
  if (rules.length === 0) return ["there are no rules"];
  if (promtool === undefined) return rules.flatMap(({ expr }) => promqlProblems(expr));
  return runPromtool({ "rules.json": { groups } }, ["check", "rules", "--lint=all", "--lint-fatal", "rules.json"]);
}

/**
 * The problems of metrics in the text format, by `promtool check metrics`. Use it inside `describeWithPromtool`.
 *
 * @returns nothing if there are none
 */
export function checkMetrics(text: string): string[] {
  if (promtool === undefined) throw new Error("there is no promtool: use describeWithPromtool");
  const { status, error, stdout, stderr } = spawnSync(promtool, ["check", "metrics"], {
    input: text,
    encoding: "utf8",
  });
  if (error !== undefined) throw error;
  return status === 0 ? [] : [`${stderr}\n${stdout}`.trim()];
}

/**
 * Runs rules over synthetic series, by `promtool test rules`. Use it inside `describeWithPromtool`.
 *
 * @param spec the `spec` of a PrometheusRule
 * @returns nothing if every case came out as expected
 */
export function testRules(spec: object | undefined, cases: readonly RuleCase[]): string[] {
  const tests = {
    rule_files: ["rules.json"],
    evaluation_interval: "30s", // the default of the Prometheus Operator
    tests: cases.map((given) => ({
      name: given.name,
      interval: given.interval ?? "1m",
      input_series: Object.entries(given.series).map(([series, values]) => ({ series, values })),
      promql_expr_test: [...Object.entries(given.firing).map(expectFiring), ...(given.values ?? []).map(expectValue)],
      alert_rule_test: (given.alerts ?? []).map(expectAlert),
    })),
  };
  return runPromtool({ "rules.json": spec ?? {}, "tests.json": tests }, ["test", "rules", "tests.json"]);
}

function expectFiring([at, alerts]: [string, readonly string[]]): object {
  return {
    eval_time: at,
    expr: 'group by (alertname) (ALERTS{alertstate="firing"})',
    exp_samples: alerts.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
  };
}

function expectValue({ at, expr, samples }: ExpectedValue): object {
  const expected = Object.entries(samples).map(([labels, value]) => ({ labels, value }));
  return { eval_time: at, expr, exp_samples: expected };
}

function expectAlert({ at, alert, labels, annotations }: ExpectedAlert): object {
  return { eval_time: at, alertname: alert, exp_alerts: [{ exp_labels: labels, exp_annotations: annotations }] };
}

/** Promtool reads files, and YAML; JSON is YAML. */
function runPromtool(files: Readonly<Record<string, object>>, args: readonly string[]): string[] {
  if (promtool === undefined) throw new Error("there is no promtool: use describeWithPromtool");
  const folder = mkdtempSync(join(tmpdir(), "promtool-"));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(content));
    const { status, error, stdout, stderr } = spawnSync(promtool, args, { cwd: folder, encoding: "utf8" });
    if (error !== undefined) throw error;
    return status === 0 ? [] : [`${stderr}\n${stdout}`.trim()];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function findPromtool(): string | undefined {
  const command = process.env.PROMTOOL ?? "promtool";
  const works = spawnSync(command, ["--version"]).status === 0;
  if (!works && process.env.PROMTOOL !== undefined) throw new Error(`PROMTOOL=${command} does not run`);
  return works ? command : undefined;
}
