import { formatCount } from "../../core/format";
import type { Timetable, TimetableStage } from "../../core/timetable";
import type { ShadowPolicy } from "../../strategies/shadow/policy";
import { samplesToPass } from "../../strategies/gates/clearance";
import { formatGates } from "../../strategies/gates/describe";
import { describeExtensions, describeIncidents, describeWarmUp } from "../common/monitor-rules";
import { describeClaim } from "../common/claim";
import type { ParsedShadowProps } from "./schema";

/** A shadow laid out in time: prepared, then sent copies until it has a verdict. */
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
      onFailure: "no request was copied",
    },
    {
      number: 1,
      weights,
      mirrors: { [shadow]: percent },
      fromSeconds: 0,
      untilSeconds: durationSeconds,
      gates: formatGates(policy.gates, "live"),
      onFailure: controller.enabled ? "copies stop at once" : "percent: 0, copies stop",
    },
  ];
  return {
    title: `${name}: shadow ${shadow} of ${live}`,
    stages,
    ...(!controller.enabled && { current: percent > 0 ? 1 : 0 }),
    notes: notes(policy),
  };
}

function notes(policy: ShadowPolicy): string[] {
  const { live, percent, gates, minimumSamples, falseAlarmRate } = policy;
  const pairs = gates.flatMap((gate) => (gate.kind === "agreement-objective" ? [gate.minimumSamples] : []));
  return [
    `Users always get the answers of ${live}. ${percent}% of their requests are copied. Nothing waits for the answers of the shadow; they are compared by request id and dropped.`,
    `The verdict needs ${formatCount(samplesToPass(gates, minimumSamples))} requests and ${pairs.join()} pairs of predictions. ${describeClaim({ wrongVerdict: "an equally good version fails", falseAlarmRate, hasBaseline: true })}`,
    describeExtensions(policy, "the mirroring"),
    ...describeWarmUp(policy),
    ...describeIncidents(policy),
    "A shadow that passed says nothing about how users react to its answers: make it a canary next.",
  ];
}
