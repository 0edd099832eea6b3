import { writeFileSync } from "node:fs";
import type { Plan } from "../../core/plan";
import { parseDuration } from "../../core/values/duration";
import { replayTest } from "../../drivers/ab-test/replay";
import { readCounts } from "../../drivers/ab-test/counts-file";
import { plotIntervals } from "../../drivers/ab-test/interval-plot";
import { readPrometheus } from "../../drivers/ab-test/prometheus";
import type { Period } from "../../drivers/ab-test/prometheus-api";
import { buildAbTestReport } from "../../drivers/ab-test/report";
import { formatAbTest } from "../../drivers/ab-test/text";
import type { AbTestPolicy } from "../../strategies/ab-test/policy";
import type { Observation } from "../../strategies/observation";
import { PROPS_FILE, type Command, type Invocation } from "../command";
import { planAbTestFile } from "../planned-ab-test";
import { UserError } from "../user-error";

/** Looks that a picture can show; more would cost Prometheus and show nothing. */
const MOST_LOOKS = 300;
/** In seconds: two scrapes, as often as most of them are made. */
const SHORTEST_STEP = 120;

export const abTestResults: Command = {
  name: "ab-test results",
  summary: "what an A/B test says so far: verdicts, differences, intervals",
  description: [
    "Judges what was counted while the declared test ran, by the policy that the test is run by: at any moment, as often as",
    "one likes. Counts come from Prometheus, or from a file such as",
    '  { "looks": [{ "after": "2d", "versions": { "1.0.0": { "requests": 9000, "values": 8000, "sum": 790 }, … } }] }',
    "where each look counts everything since the test began; `sumOfSquares` belongs to it where the metric is no rate.",
    "Nothing is promoted. Exit code: 0, 2 when a guardrail or a broken split stopped the test, 1 when it cannot be said.",
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
    picture: { type: "string", placeholder: "FILE.svg", help: "draw the intervals as they narrowed" },
    json: { type: "boolean", help: "print the results as JSON" },
  },
  async run({ argument, options }) {
    const { plan, policy } = await planAbTestFile(argument);
    const course = replayTest(policy, await looksOf(plan, options));
    const report = buildAbTestReport(plan, policy, course);
    if (typeof options["picture"] === "string") writeFileSync(options["picture"], plotIntervals(report));
    process.stdout.write(options["json"] ? `${JSON.stringify(report, undefined, 2)}\n` : formatAbTest(report));
    return report.phase === "stopped" ? 2 : 0;
  },
};

function looksOf(
  plan: Plan<AbTestPolicy>,
  { prometheus, since, counts }: Invocation["options"],
): Promise<readonly Observation[]> | readonly Observation[] {
  if ((prometheus === undefined) === (counts === undefined)) {
    throw new UserError("say where the counts are: --prometheus URL or --counts FILE", [
      "See: slipway help ab-test results",
    ]);
  }
  if (typeof counts === "string") return readCounts(counts, plan);
  if (typeof since !== "string")
    throw new UserError("say when the test began: --since 2026-05-01T12:00:00Z or --since 3d");
  return readPrometheus(String(prometheus), plan, periodSince(since));
}

/** From when the test began until now, in steps that Prometheus can carry. */
function periodSince(since: string): Period {
  const until = Math.floor(Date.now() / 1000);
  const from = beganAt(since, until);
  if (from === undefined || from >= until) {
    throw new UserError(`--since ${since} is no moment of the past`, [
      "Write it like 2026-05-01T12:00:00Z, or like 3d.",
    ]);
  }
  const stepSeconds = Math.min(until - from, Math.max(SHORTEST_STEP, Math.ceil((until - from) / MOST_LOOKS)));
  // The last step is now, and the first does not reach into the time before the test, of another split.
  return { from: until - Math.floor((until - from) / stepSeconds) * stepSeconds, until, stepSeconds };
}

function beganAt(since: string, now: number): number | undefined {
  const ago = parseDuration(since);
  if (ago !== undefined) return Math.floor(now - ago);
  const at = /^\d{4}-\d\d-\d\dT/.test(since) ? Date.parse(since) / 1000 : NaN;
  return Number.isNaN(at) ? undefined : Math.floor(at);
}
