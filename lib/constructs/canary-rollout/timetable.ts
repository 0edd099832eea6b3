import { formatCount, formatPercent } from "../../core/format";
import type { Timetable, TimetableStage } from "../../core/timetable";
import { describeIncidents, describeWarmUp } from "../common/monitor-rules";
import type { CanaryPolicy } from "../../strategies/canary/policy";
import { samplesToPass } from "../../strategies/gates/clearance";
import { describeImmediateMetrics, formatGates } from "../../strategies/gates/describe";
import { describeClaim } from "../common/claim";

/** The stages of a canary laid out in time. */
export function canaryTimetable(name: string, policy: CanaryPolicy, current: number | undefined): Timetable {
  const { stable, canary, stages, promotedWeight } = policy;
  const weights = (weight: number) => ({ [stable]: 100 - weight, [canary]: weight });
  const onFailure = current === undefined ? `100% ${stable} at once` : `stage 0: 100% ${stable}`;
  let from = 0;
  const gates = formatGates(policy.gates, "stable");
  const steps = stages.map(({ weight, holdSeconds }, index): TimetableStage => {
    const fromSeconds = from;
    from += holdSeconds;
    return {
      number: index + 1,
      weights: weights(weight),
      fromSeconds,
      untilSeconds: from,
      gates: index === stages.length - 1 ? [...holdback(stable, weight), ...gates] : gates,
      onFailure,
    };
  });
  const promoted: TimetableStage[] =
    promotedWeight === undefined
      ? []
      : [
          {
            number: stages.length + 1,
            weights: weights(promotedWeight),
            fromSeconds: from,
            gates: [`${canary} is promoted and no longer compared`],
            onFailure,
          },
        ];
  const prepared: TimetableStage = {
    number: 0,
    weights: weights(0),
    fromSeconds: 0,
    untilSeconds: 0,
    gates: [`${policy.capacity.minReadyReplicas} replicas ready`],
    onFailure: "no user was served by it",
  };
  return {
    title: `${name}: canary of ${canary} against ${stable}`,
    stages: [prepared, ...steps, ...promoted],
    ...(current !== undefined && { current }),
    notes: [...notes(policy, current), ...describeImmediateMetrics(policy.gates)],
  };
}

/** What stays on the stable track in the last stage. */
const holdback = (stable: string, weight: number): string[] =>
  weight < 100 ? [`${100 - weight}% stays on ${stable} for comparison`] : [];

function notes(policy: CanaryPolicy, current: number | undefined): string[] {
  const insufficient = {
    extend: `the stage is extended, up to ${policy.maxExtensions} times; then the rollout pauses until an operator decides`,
    pause: "the rollout pauses until an operator decides",
    rollback: `all traffic goes back to ${policy.stable}`,
  }[policy.onInsufficientData];
  const needs = `A stage also needs ${minimums(policy)} from the canary. Before the weight rises, ${formatPercent(policy.capacity.shareOfStable)} of the replicas that the stable track would need for it must be ready.`;
  const test = describeClaim({
    wrongVerdict: "an equally good version is rolled back",
    falseAlarmRate: policy.falseAlarmRate,
    hasBaseline: policy.stages.every(({ weight }) => weight < 100),
  });
  const end = `When the time of a stage is over and data is missing or a gate still needs samples, ${insufficient}.`;
  if (current === undefined)
    return [
      "A controller in the cluster moves the weights.",
      needs,
      test,
      ...describeWarmUp(policy),
      end,
      ...describeIncidents(policy),
    ];
  return [
    "The stage is declared in code: each stage is one pull request, and its preview shows one weight changing. Alerts on the same gates say when to roll back.",
    `A rehearsal moves the weights itself. ${needs}`,
    test,
    ...describeWarmUp(policy),
    end,
    ...describeIncidents(policy),
  ];
}

/** Samples that every stage needs. */
function minimums({ minimumSamples, gates }: CanaryPolicy): string {
  const metrics = gates.flatMap((gate) =>
    gate.kind === "metric-comparison" ? [`${gate.minimumSamples} values of ${gate.metric}`] : [],
  );
  return [`${formatCount(samplesToPass(gates, minimumSamples))} requests`, ...metrics].join(" and ");
}
