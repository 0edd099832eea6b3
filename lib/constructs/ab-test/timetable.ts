import { formatPercent } from "../../core/format";
import type { Timetable, TimetableStage } from "../../core/timetable";
import type { AbTestPolicy } from "../../strategies/ab-test/policy";
import { formatGates } from "../../strategies/gates/describe";
import { describeClaim } from "../common/claim";
import type { ParsedAbTestProps } from "./schema";

/** A test laid out in time: prepared, then split as declared until its time is over. */
export function abTestTimetable(props: ParsedAbTestProps, policy: AbTestPolicy): Timetable {
  const { name, controller, running } = props;
  const { variants, split, metric, durationSeconds, minReadyReplicas } = policy;
  const [control = ""] = variants;
  const stages: TimetableStage[] = [
    {
      number: 0,
      weights: Object.fromEntries(variants.map((variant) => [variant, variant === control ? 100 : 0])),
      fromSeconds: 0,
      untilSeconds: 0,
      gates: [`${minReadyReplicas} replicas of each variant ready`],
      onFailure: "no user was served by it",
    },
    {
      number: 1,
      weights: split,
      fromSeconds: 0,
      untilSeconds: durationSeconds,
      gates: ["its time is over", ...formatGates(policy.gates, "the control")],
      onFailure: controller.enabled ? `100% ${control} at once` : `running: false, 100% ${control}`,
    },
  ];
  return {
    title: `${name}: A/B test of ${variants.join(", ")} on ${metric.name}`,
    stages,
    ...(!controller.enabled && { current: running ? 1 : 0 }),
    notes: notes(props, policy),
  };
}

function notes(
  { unit }: ParsedAbTestProps,
  { metric, falseWinRate, variants, falseAlarmRate }: AbTestPolicy,
): string[] {
  const effect = formatPercent(metric.minimumEffect);
  return [
    `${describeUnit(unit)} pins each user to a variant. A change of the split moves as few users as possible.`,
    `Results are valid at every evaluation: over the whole test, the probability that ${variants.length > 2 ? "any variant" : "a variant"} that is not better is called a winner is at most ${formatPercent(falseWinRate)}. Differences below ${effect} do not matter.`,
    `${describeClaim({ wrongVerdict: "a variant as good as the control stops the test", falseAlarmRate, hasBaseline: true })} A sample ratio mismatch stops it as well.`,
    "The test never promotes a winner: name it in the next program, as `stable` of a canary or `model` of a service.",
  ];
}

function describeUnit({ cookie, header, hash }: ParsedAbTestProps["unit"]): string {
  if (cookie !== undefined) return "A cookie";
  if (hash !== undefined) return `A hash of \`${hash.header}\`, which the gateway computes,`;
  return `The bucket that callers send in \`${header?.name}\``;
}
