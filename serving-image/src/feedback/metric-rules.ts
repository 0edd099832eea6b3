import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { parseJsonFile } from "../core/json-file";
import { reasonOf, StartUpCode, startUpError, systemCodeOf } from "../core/start-up-error";
import type { Log } from "../core/log";
import { isObject } from "../protocol/json";

/** What holds for the values of one metric. */
interface MetricRule {
  readonly lowerBound: number;
  readonly upperBound: number;
  /** Values count no earlier than this after their predictions were made. */
  readonly maturitySeconds: number;
}

type MetricRules = ReadonlyMap<string, MetricRule>;

const NO_RULE: MetricRule = { lowerBound: 0, upperBound: Infinity, maturitySeconds: 0 };
const NO_RULES: MetricRules = new Map();

/** A month: what a metric shows later than that comes too late for a rollout. */
const MAX_MATURITY_SECONDS = 31 * 24 * 3600;

/**
 * The rules of all metrics, from a file that all replicas mount. It belongs to the rollout and not to a version, so it may
 * appear, change and disappear while servers run, and none of them restarts.
 */
export class MetricRuleBook {
  private rules = NO_RULES;
  private text = "";

  constructor(
    private readonly file: string | undefined,
    private readonly log: Log,
  ) {
    if (file !== undefined) this.readFirst(file);
  }

  of(metric: string): MetricRule {
    return this.rules.get(metric) ?? NO_RULE;
  }

  /** Reads the file again. If it is not valid, the previous rules remain in force. */
  async refresh(): Promise<void> {
    if (this.file === undefined) return;
    const text = await readFile(this.file, "utf8").catch((error: unknown) => this.withoutFile(error));
    if (text === this.text) return;
    this.text = text;
    try {
      this.rules = parseRules(text);
      this.log.info({ file: this.file, metrics: [...this.rules.keys()] }, "read the rules of the feedback metrics");
    } catch (error) {
      const details = { file: this.file, reason: reasonOf(error) };
      this.log.error(details, "the rules of the feedback metrics are not valid; the previous ones remain in force");
    }
  }

  private readFirst(file: string): void {
    try {
      this.text = readFileSync(file, "utf8");
      this.rules = parseRules(this.text);
    } catch (error) {
      if (systemCodeOf(error) === "ENOENT") return;
      const fix = "Correct the file, or remove it: then every value counts on arrival.";
      throw startUpError(StartUpCode.SettingInvalid, "feedback.metricsFile", `${file}: ${reasonOf(error)}.`, fix);
    }
  }

  /** Without the file there are no rules; if it cannot be read, nothing changes. */
  private withoutFile(error: unknown): string {
    return systemCodeOf(error) === "ENOENT" ? "" : this.text;
  }
}

function parseRules(text: string): MetricRules {
  if (text === "") return NO_RULES;
  const file = parseJsonFile(text);
  if (!isObject(file)) throw new Error("it is not a JSON object");
  return new Map(Object.entries(file).map(([metric, rule]) => [metric, parseRule(metric, rule)]));
}

function parseRule(metric: string, rule: unknown): MetricRule {
  const fields: Record<string, unknown> = isObject(rule) ? { ...NO_RULE, ...rule } : {};
  const { lowerBound, upperBound, maturitySeconds } = fields;
  const isRule =
    typeof lowerBound === "number" &&
    typeof upperBound === "number" &&
    typeof maturitySeconds === "number" &&
    lowerBound >= 0 &&
    upperBound > lowerBound &&
    maturitySeconds >= 0 &&
    maturitySeconds <= MAX_MATURITY_SECONDS &&
    Object.keys(fields).length === Object.keys(NO_RULE).length;
  if (isRule) return { lowerBound, upperBound, maturitySeconds };
  throw new Error(
    `${JSON.stringify(metric)} needs lowerBound from 0, upperBound above it, and maturitySeconds from 0 to ${MAX_MATURITY_SECONDS}`,
  );
}
