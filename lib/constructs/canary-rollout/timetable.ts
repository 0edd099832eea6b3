import type { Timetable, TimetableStage } from "../../core/timetable";
import { formatDuration } from "../../core/values/duration";
import type { CanaryPolicy } from "../../strategies/canary/policy";
import type { Gate } from "../../strategies/gate";

/** The stages of a canary laid out in time. */
export function canaryTimetable(name: string, policy: CanaryPolicy, current: number | undefined): Timetable {
  const { stable, canary, stages } = policy;
  const weights = (weight: number) => ({ [stable]: 100 - weight, [canary]: weight });
  const onFailure = `back to 100 % ${stable} at once`;
  let from = 0;
  const trial = stages.map(({ weight, holdSeconds }, index): TimetableStage => {
    const fromSeconds = from;
    from += holdSeconds;
    return {
      number: index + 1,
      weights: weights(weight),
      fromSeconds,
      untilSeconds: from,
      gates: [...policy.gates.map(describeGate), ...minimums(policy), ...capacity(policy, index)],
      onFailure,
    };
  });
  const prepared: TimetableStage = {
    number: 0,
    weights: weights(0),
    fromSeconds: 0,
    untilSeconds: 0,
    gates: [`${policy.capacity.minReadyReplicas} replicas ready`],
    onFailure: "no user has met it",
  };
  return {
    title: `${name}: canary of ${canary} against ${stable}`,
    stages: [prepared, ...trial],
    ...(current !== undefined && { current }),
    notes: notes(policy, current),
  };
}

function notes(policy: CanaryPolicy, current: number | undefined): string[] {
  const insufficient = {
    extend: `the stage is extended, up to ${policy.maxExtensions} times; then the rollout pauses for a person`,
    pause: "the rollout pauses for a person",
    rollback: `traffic goes back to ${policy.stable}`,
  }[policy.onInsufficientData];
  const mover =
    current === undefined
      ? "A controller in the cluster moves the weights."
      : "The stage is declared in code: each stage is one pull request, and its preview shows one weight changing.";
  return [
    `Harm is tested after every request; over the whole rollout an equally good version is rolled back with a chance of at most ${percent(policy.falseAlarmRate)}.`,
    `When a stage's time is over and a gate still needs samples, ${insufficient}.`,
    mover,
  ];
}

/** A gate in words. */
export function describeGate(gate: Gate): string {
  switch (gate.kind) {
    case "latency-objective":
      return `p${gate.quantile * 100} ≤ ${formatDuration(gate.limitSeconds)}`;
    case "error-rate-objective":
      return `errors ≤ ${percent(gate.limit)}`;
    case "latency-comparison":
      return `p${gate.quantile * 100} ≤ stable + ${percent(gate.margin)}`;
    case "error-rate-comparison":
      return `errors ≤ stable + ${percent(gate.margin)}`;
    case "metric-comparison": {
      const [sign, side] = gate.direction === "higherIsBetter" ? ["≥", "−"] : ["≤", "+"];
      return `${gate.metric} ${sign} stable ${side} ${percent(gate.margin)}`;
    }
  }
}

function minimums({ minimumSamples, gates }: CanaryPolicy): string[] {
  const metrics = gates.flatMap((gate) =>
    gate.kind === "metric-comparison" ? [`${gate.minimumSamples} ${gate.metric} values`] : [],
  );
  return [`${[`${minimumSamples} requests`, ...metrics].join(" and ")} seen`];
}

function capacity({ capacity: { shareOfStable }, stages }: CanaryPolicy, index: number): string[] {
  const next = stages[index + 1];
  return next && shareOfStable > 0
    ? [`replicas ready for ${percent(shareOfStable)} of the load at ${next.weight} %`]
    : [];
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`;
}
