import type { Check } from "../../core/checks/check";
import { number, oneOf } from "../../core/checks/values";
import { Diagnostics } from "../../core/findings/diagnostics";
import type { Plan } from "../../core/plan";
import { parseDuration } from "../../core/values/duration";
import { readCountsFile } from "../../drivers/calibrate/counts-file";
import { readHistory } from "../../drivers/calibrate/prometheus";
import { buildCalibrationReport } from "../../drivers/calibrate/report";
import { formatCalibration } from "../../drivers/calibrate/text";
import type { Period } from "../../drivers/common/prometheus-api";
import { calibrate as replay, describeObstacle } from "../../strategies/calibration/calibrate";
import { DivisionUnit } from "../../strategies/calibration/divide";
import type { ServiceHistory } from "../../strategies/calibration/history";
import type { RolloutPolicy } from "../../strategies/registry";
import { PROPS_FILE, type Command, type Invocation } from "../command";
import { planFile, reportFindings } from "../planned-file";
import { UserError } from "../user-error";

const DEFAULTS = { since: "14d", step: "1m", runs: 200, seed: 1 } as const;

export const calibrate: Command = {
  name: "calibrate",
  summary: "how often the declared rollout would have rolled back a version that is as good, on the service's own past",
  description: [
    "Replays the rollout's policy many times on the past of the service, with one version in both roles (an A/A test): every",
    "rollback is a false alarm. The past comes from Prometheus, by pod, or from a file of counts by pod and interval, as CSV",
    "  at,pod,requests,errors,le_0.05,le_0.1,le_0.25",
    "  2026-05-01T12:01:00Z,digits-7d4f,1200,2,1100,1180,1198",
    "or as JSON lines, which can also have the values of business metrics:",
    '  { "at": 1777636860, "pod": "digits-7d4f", "requests": 1200, "errors": 2, "le": { "0.05": 1100, "0.1": 1180 },',
    '    "metrics": { "accuracy": { "count": 600, "sum": 583 } } }',
    "each on one line. `at` is the end of the interval, and the buckets are cumulative, as in Prometheus.",
    "Exit code: 0; 2 when the past contradicts the plan's false-alarm rate; 1 on an error.",
  ],
  argument: PROPS_FILE,
  options: {
    prometheus: { type: "string", placeholder: "URL", help: "read the counters from this Prometheus" },
    since: { type: "string", placeholder: "TIME", help: `how much of the past to read (default: ${DEFAULTS.since})` },
    step: {
      type: "string",
      placeholder: "TIME",
      help: `time between two readings, one scrape or more (default: ${DEFAULTS.step})`,
    },
    counts: { type: "string", placeholder: "FILE", help: "read the counts from this file" },
    split: {
      type: "string",
      placeholder: "UNIT",
      help: "what to divide between the roles: pods, intervals or requests (default: pods, or intervals of one pod)",
    },
    runs: { type: "string", placeholder: "N", help: `how many rollouts to replay (default: ${DEFAULTS.runs})` },
    seed: { type: "string", placeholder: "N", help: `seed of every random choice (default: ${DEFAULTS.seed})` },
    json: { type: "boolean", help: "print the result as JSON" },
  },
  async run({ argument, options }) {
    const settings = readOptions(options);
    const { plan } = await planFile(argument);
    const policy = plan.policy as RolloutPolicy;
    const history = await readSource(plan, options);
    const obstacle = describeObstacle(policy, history);
    if (obstacle !== undefined) throw new UserError(`${plan.name} cannot be replayed: ${obstacle}`);
    const report = buildCalibrationReport(plan, replay({ policy, history, ...settings }), history);
    process.stdout.write(options["json"] ? `${JSON.stringify(report, undefined, 2)}\n` : formatCalibration(report));
    return report.verdict === "over-claim" ? 2 : 0;
  },
};

function readOptions(options: Invocation["options"]) {
  const diagnostics = new Diagnostics();
  const read = <T>(name: string, check: Check<T>, value: unknown): T | undefined =>
    options[name] === undefined ? undefined : check(value, `--${name}`, diagnostics);
  const whole = (name: string, max: number) =>
    read(name, number({ min: 1, max, whole: true }), Number(options[name] || NaN));
  const settings = {
    runs: whole("runs", 100_000) ?? DEFAULTS.runs,
    seed: whole("seed", 1_000_000) ?? DEFAULTS.seed,
    unit: read("split", oneOf(DivisionUnit), options["split"]),
  };
  reportFindings("The command line", diagnostics.findings);
  return settings;
}

function readSource(plan: Plan, options: Invocation["options"]): Promise<ServiceHistory> | ServiceHistory {
  const { prometheus, counts } = options;
  if ((prometheus === undefined) === (counts === undefined)) {
    throw new UserError("the source of the past is missing: use either --prometheus URL or --counts FILE", [
      "See: slipway help calibrate",
    ]);
  }
  return typeof counts === "string" ? readCountsFile(counts) : readHistory(String(prometheus), plan, periodOf(options));
}

/** Whole steps until now. */
function periodOf(options: Invocation["options"]): Period {
  const stepSeconds = Math.round(seconds(options, "step"));
  const until = Math.floor(Date.now() / 1000 / stepSeconds) * stepSeconds;
  return { from: until - Math.floor(seconds(options, "since") / stepSeconds) * stepSeconds, until, stepSeconds };
}

function seconds(options: Invocation["options"], name: "since" | "step"): number {
  const text = options[name] ?? DEFAULTS[name];
  const parsed = parseDuration(String(text));
  if (parsed !== undefined && parsed >= 1) return parsed;
  throw new UserError(`--${name} "${String(text)}" is not a duration of a second or more`, [
    "Use a number with a unit, such as 30s, 12h or 14d.",
  ]);
}
