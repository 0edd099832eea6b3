import { formatPercent } from "../../core/format";
import type { Timetable, TimetableStage } from "../../core/timetable";
import type { ShadowPolicy } from "../../strategies/shadow/policy";
import { gatesInWords } from "../common/gate-words";
import type { ParsedShadowProps } from "./schema";

/** A shadow laid out in time: ready, then copied to until it passed. */
export function shadowTimetable({ name, controller }: ParsedShadowProps, policy: ShadowPolicy): Timetable {
  const { live, shadow, percent, capacity, durationSeconds } = policy;
  const weights = { [live]: 100, [shadow]: 0 };
  const stages: TimetableStage[] = [
    {
      number: 0,
      weights,
      fromSeconds: 0,
      untilSeconds: 0,
      gates: [`${capacity.minReadyReplicas} replicas ready`],
      onFailure: "no request is copied",
    },
    {
      number: 1,
      weights,
      mirrors: { [shadow]: percent },
      fromSeconds: 0,
      untilSeconds: durationSeconds,
      gates: gatesInWords(policy.gates, "live"),
      onFailure: controller.enabled ? "no more copies at once" : "percent: 0, no more copies",
    },
  ];
  return {
    title: `${name}: ${shadow} in the shadow of ${live}`,
    stages,
    ...(!controller.enabled && { current: percent > 0 ? 1 : 0 }),
    notes: notes(policy),
  };
}

function notes({ live, percent, gates, minimumSamples, falseAlarmRate }: ShadowPolicy): string[] {
  const pairs = gates.flatMap((gate) => (gate.kind === "agreement-objective" ? [gate.minimumSamples] : []));
  return [
    `Users get ${live}'s answers throughout. ${percent}% of their requests are copied; the shadow's answers are dropped, never waited for, and compared with ${live}'s by request id.`,
    `The verdict needs ${minimumSamples} requests and ${pairs.join()} pairs of predictions. Harm is tested after every request; an equally good version fails with a chance of at most ${formatPercent(falseAlarmRate)}.`,
    "A shadow that passed has shown nothing of how users take its answers: let it become a canary next.",
  ];
}
