import { formatPercent } from "../../core/format";
import type { Timetable, TimetableStage } from "../../core/timetable";
import type { AbTestPolicy } from "../../strategies/ab-test/policy";
import { gatesInWords } from "../common/gate-words";
import type { ParsedAbTestProps } from "./schema";

/** A test laid out in time: prepared, then divided as declared until its time is over. */
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
      gates: [`${minReadyReplicas} replicas of each ready`],
      onFailure: "nobody met it",
    },
    {
      number: 1,
      weights: split,
      fromSeconds: 0,
      untilSeconds: durationSeconds,
      gates: ["its time is over", ...gatesInWords(policy.gates, "control")],
      onFailure: controller.enabled ? `100% ${control} at once` : `running: false, 100% ${control}`,
    },
  ];
  return {
    title: `${name}: test of ${variants.join(", ")} by ${metric.name}`,
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
    `A user is held to her variant by ${holdWords(unit)}; a change of the split moves only as many users as it must.`,
    `It may be looked at at any time: over all looks${variants.length > 2 ? " and variants" : ""} a variant that is no better is called a winner with a chance of at most ${formatPercent(falseWinRate)}. Differences under ${effect} do not matter.`,
    `Guardrails are tested after every request; a variant as good as the control stops the test with a chance of at most ${formatPercent(falseAlarmRate)}. So does a split that is not what was declared.`,
    "It never promotes a winner: name it in the next program, as `stable` of a canary or `model` of a service.",
  ];
}

function holdWords({ cookie, header, hash }: ParsedAbTestProps["unit"]): string {
  if (cookie !== undefined) return "a cookie";
  if (hash !== undefined) return `a hash of \`${hash.header}\`, which the gateway makes`;
  return `the bucket that her caller sends in \`${header?.name}\``;
}
