import { writeFileSync } from "node:fs";
import type { Plan } from "../../core/plan";
import { parseDuration } from "../../core/values/duration";
import { replayTest } from "../../drivers/ab-test/replay";
import { readCounts } from "../../drivers/ab-test/counts-file";
import { plotIntervals } from "../../drivers/ab-test/interval-plot";
import { readPrometheus } from "../../drivers/ab-test/prometheus";
import type { Period } from "../../drivers/common/prometheus-api";
import { buildAbTestReport } from "../../drivers/ab-test/report";
import { formatAbTest } from "../../drivers/ab-test/text";
import type { AbTestPolicy } from "../../strategies/ab-test/policy";
import type { Observation } from "../../strategies/observation";
import { PROPS_FILE, type Command, type Invocation } from "../command";
import { planAbTestFile } from "../planned-ab-test";
import { UserError } from "../user-error";

/** Evaluations that a chart can show; more would load Prometheus for no benefit. */
const MAX_EVALUATIONS = 300;
/** Two scrapes, at the longest interval that is usual. */
const MIN_STEP_SECONDS = 120;

export const abTestResults: Command = {
  name: "ab-test results",
  summary: "the results of an A/B test so far: verdicts, differences, intervals",
  description: [
    "Evaluates the counts of the declared test by its own policy. The results are valid at any time, however often they are",
    "evaluated. The counts come from Prometheus, or from a file such as",
    '  { "looks": [{ "after": "2d", "versions": { "1.0.0": { "requests": 9000, "values": 8000, "sum": 790 }, … } }] }',
    "where each entry counts everything since the test began; add `sumOfSquares` if the metric is not a rate.",
    "Nothing is promoted. Exit code: 0; 2 when a guardrail or a sample ratio mismatch stopped the test; 1 on an error.",
  ],
  argument: PROPS_FILE,
  options: {
    prometheus: { type: "string", placeholder: "URL", help: "read the counts from this Prometheus" },
    since: {
      type: "string",
      placeholder: "WHEN",
      help: "when the test began: 2026-05-01T12:00:00Z, or how long ago: 3d",
    },
    counts: { type: "string", placeholder: "FILE", help: "read the counts from this file" },
    picture: { type: "string", placeholder: "FILE.svg", help: "draw the intervals over time" },
    json: { type: "boolean", help: "print the results as JSON" },
  },
  async run({ argument, options }) {
    const { plan, policy } = await planAbTestFile(argument);
    const replayed = replayTest(policy, await readObservations(plan, options));
    const report = buildAbTestReport(plan, policy, replayed);
    if (typeof options["picture"] === "string") writeFileSync(options["picture"], plotIntervals(report));
    process.stdout.write(options["json"] ? `${JSON.stringify(report, undefined, 2)}\n` : formatAbTest(report));
    return report.phase === "stopped" ? 2 : 0;
  },
};

function readObservations(
  plan: Plan<AbTestPolicy>,
  { prometheus, since, counts }: Invocation["options"],
): Promise<readonly Observation[]> | readonly Observation[] {
  if ((prometheus === undefined) === (counts === undefined)) {
    throw new UserError("the source of the counts is missing: use either --prometheus URL or --counts FILE", [
      "See: slipway help ab-test results",
    ]);
  }
  if (typeof counts === "string") return readCounts(counts, plan);
  if (typeof since !== "string")
    throw new UserError("the start of the test is missing: use --since 2026-05-01T12:00:00Z or --since 3d");
  return readPrometheus(String(prometheus), plan, periodSince(since));
}

/** From the start of the test until now, in steps that Prometheus can handle. */
function periodSince(since: string): Period {
  const until = Math.floor(Date.now() / 1000);
  const from = parseStart(since, until);
  if (from === undefined || from >= until) {
    throw new UserError(`--since "${since}" is not a time in the past`, [
      "Use a time such as 2026-05-01T12:00:00Z, or how long ago, such as 3d.",
    ]);
  }
  const stepSeconds = Math.min(until - from, Math.max(MIN_STEP_SECONDS, Math.ceil((until - from) / MAX_EVALUATIONS)));
  // The last step ends now. The first must not include time before the test, when the split was different.
  return { from: until - Math.floor((until - from) / stepSeconds) * stepSeconds, until, stepSeconds };
}

function parseStart(since: string, now: number): number | undefined {
  const ago = parseDuration(since);
  if (ago !== undefined) return Math.floor(now - ago);
  const at = /^\d{4}-\d\d-\d\dT/.test(since) ? Date.parse(since) / 1000 : NaN;
  return Number.isNaN(at) ? undefined : Math.floor(at);
}
