import { formatCount, formatDuration, formatList } from "../../core/format";
import type { Timetable, TimetableStage } from "../../core/timetable";
import type { BlueGreenPolicy } from "../../strategies/blue-green/policy";
import { samplesToPass } from "../../strategies/gates/clearance";
import { describeImmediateMetrics, formatGates } from "../../strategies/gates/describe";
import { describeClaim } from "../common/claim";
import { describeExtensions, describeIncidents, describeWarmUp } from "../common/monitor-rules";
import type { ParsedBlueGreenProps } from "./schema";
import { BlueGreenColor, IdleColor } from "./props";

/** Number of the stage that the program declares. */
function declaredStage({ live, idle }: ParsedBlueGreenProps): number {
  if (live === BlueGreenColor.Blue) return 0;
  return { [IdleColor.Full]: 1, [IdleColor.Standby]: 2, [IdleColor.Retired]: 3 }[idle];
}

/** A switch laid out in time: prepared, switched, on standby, retired. */
export function blueGreenTimetable(props: ParsedBlueGreenProps, policy: BlueGreenPolicy): Timetable {
  const { name, controller, standbyReplicas } = props;
  const { blue, green, smokeTest, watchSeconds, standbySeconds, standbyMirrorPercent } = policy;
  const onGreen = { [blue]: 0, [green]: 100 };
  const compared = { weights: onGreen, ...(standbyMirrorPercent && { mirrors: { [blue]: standbyMirrorPercent } }) };
  const gates = formatGates(policy.gates, "blue");
  const back = controller.enabled ? `100% ${blue} at once` : `live: "blue", 100% ${blue}`;
  const stages: TimetableStage[] = [
    {
      number: 0,
      weights: { [blue]: 100, [green]: 0 },
      fromSeconds: 0,
      untilSeconds: 0,
      gates: [
        `enough replicas ready for the full load of ${blue}`,
        `${smokeTest.healthPath} returns 200, ${smokeTest.requests} recorded requests are answered as expected, p95 ≤ ${formatDuration(smokeTest.latencyP95Seconds)}`,
      ],
      onFailure: "no user was served by it",
    },
    {
      number: 1,
      ...compared,
      fromSeconds: 0,
      untilSeconds: watchSeconds,
      gates,
      onFailure: back,
    },
    {
      number: 2,
      ...compared,
      fromSeconds: watchSeconds,
      untilSeconds: watchSeconds + standbySeconds,
      gates: [`${blue} on ${standbyReplicas} replica${standbyReplicas === 1 ? "" : "s"}`, ...gates],
      onFailure: back,
    },
    {
      number: 3,
      weights: onGreen,
      fromSeconds: watchSeconds + standbySeconds,
      gates: [`${blue} is removed; its model file stays`],
      onFailure: `a new pair that switches back to ${blue}`,
    },
  ];
  return {
    title: `${name}: from ${blue} to ${green} at once`,
    stages,
    ...(!controller.enabled && { current: declaredStage(props) }),
    notes: [...notes(props, policy), ...describeImmediateMetrics(policy.gates)],
  };
}

function notes({ controller }: ParsedBlueGreenProps, policy: BlueGreenPolicy): string[] {
  const { falseAlarmRate, gates, minimumSamples, standbyMirrorPercent = 0 } = policy;
  const moved = controller.enabled
    ? "A controller in the cluster runs the smoke test, switches, monitors green and rolls back."
    : "Each stage is a change of `live` or `idle` in code, and the preview of the switch shows only weights changing. Alerts on the same gates say when to roll back. A rehearsal runs all stages itself.";
  const claim = describeClaim({
    wrongVerdict: "an equally good version is switched back",
    falseAlarmRate,
    hasBaseline: standbyMirrorPercent > 0,
  });
  return [
    moved,
    `Stage 1 ends when its time is over and every gate passes on at least ${formatCount(samplesToPass(gates, minimumSamples))} requests. ${claim}`,
    describeExtensions(policy, "a stage"),
    ...describeWarmUp(policy),
    ...describeIncidents(policy),
    ...comparison(policy),
  ];
}

/** What green can be compared with after the switch. */
function comparison({ blue, gates, standbyMirrorPercent = 0 }: BlueGreenPolicy): string[] {
  if (standbyMirrorPercent === 0) return [`After the switch green is compared only with what ${blue} did before it.`];
  const copies = `In stages 1 and 2, ${blue} gets copies of ${standbyMirrorPercent}% of the requests. Its answers are dropped; its errors and latency are the baseline of the same time.`;
  const metrics = gates.flatMap((gate) => (gate.kind === "metric-comparison" ? [gate.metric] : []));
  if (metrics.length === 0) return [copies];
  return [
    `${copies} A copy gets no feedback, so ${formatList(metrics)} can be compared only with the values from before the switch.`,
  ];
}
