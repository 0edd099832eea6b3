import { formatDuration, formatPercent } from "../../core/format";
import type { Timetable, TimetableStage } from "../../core/timetable";
import type { BlueGreenPolicy } from "../../strategies/blue-green/policy";
import { gatesInWords } from "../common/gate-words";
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
  const { blue, green, smokeTest, watchSeconds, standbySeconds } = policy;
  const onGreen = { [blue]: 0, [green]: 100 };
  const watched = gatesInWords(policy.gates, "blue");
  const back = controller.enabled ? `100% ${blue} at once` : `live: "blue", 100% ${blue}`;
  const stages: TimetableStage[] = [
    {
      number: 0,
      weights: { [blue]: 100, [green]: 0 },
      fromSeconds: 0,
      untilSeconds: 0,
      gates: [
        `replicas ready for all of ${blue}'s load`,
        `${smokeTest.healthPath} answers, ${smokeTest.requests} recorded requests answered as expected, p95 ≤ ${formatDuration(smokeTest.latencyP95Seconds)}`,
      ],
      onFailure: "nobody met it",
    },
    {
      number: 1,
      weights: onGreen,
      fromSeconds: 0,
      untilSeconds: watchSeconds,
      gates: watched,
      onFailure: back,
    },
    {
      number: 2,
      weights: onGreen,
      fromSeconds: watchSeconds,
      untilSeconds: watchSeconds + standbySeconds,
      gates: [`${blue} on ${standbyReplicas} replica${standbyReplicas === 1 ? "" : "s"}`, ...watched],
      onFailure: back,
    },
    {
      number: 3,
      weights: onGreen,
      fromSeconds: watchSeconds + standbySeconds,
      gates: [`${blue} is gone; its model file stays`],
      onFailure: "another pair, back to its version",
    },
  ];
  return {
    title: `${name}: from ${blue} to ${green} at once`,
    stages,
    ...(!controller.enabled && { current: declaredStage(props) }),
    notes: notes(props, policy),
  };
}

function notes({ controller }: ParsedBlueGreenProps, { falseAlarmRate, minimumSamples }: BlueGreenPolicy): string[] {
  const moved = controller.enabled
    ? "A controller in the cluster runs the smoke test, switches, watches and goes back."
    : "Each stage is a change of `live` or `idle` in code, and the preview of the switch shows one weight object changing. Alerts on the same gates say when to go back; a rehearsal does it all by itself.";
  return [
    moved,
    `The watch ends when its time is over and ${minimumSamples} requests show that every gate passes. Harm is tested after every request; an equally good version is switched back with a chance of at most ${formatPercent(falseAlarmRate)}.`,
  ];
}
