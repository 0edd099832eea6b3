import { formatCount, formatDuration, formatNumber, formatPercent } from "../../core/format";
import type { Check } from "../../core/checks/check";
import { number } from "../../core/checks/values";
import { Diagnostics } from "../../core/findings/diagnostics";
import { largestDeviation, POWER, testLength, type Expected } from "../../strategies/ab-test/power";
import type { AbTestPolicy } from "../../strategies/ab-test/policy";
import { PROPS_FILE, type Command, type Invocation } from "../command";
import { planAbTestFile, type PlannedAbTest } from "../planned-ab-test";
import { report as tellFindings } from "../planned-file";
import { UserError } from "../user-error";

export const abTestPlan: Command = {
  name: "ab-test plan",
  summary: "how long an A/B test must run for the effect that it looks for",
  description: [
    "Says how many values each variant of the declared test needs, and how long that takes at the traffic there is, for the",
    `least effect that matters and for larger and smaller ones. A test of that length finds its effect in ${POWER * 100}% of the cases.`,
    "Exit code: 0, 2 when the declared duration is too short, 1 when it cannot be said.",
  ],
  argument: PROPS_FILE,
  options: {
    rate: {
      type: "string",
      placeholder: "N",
      help: "values of the metric a second, from all variants together (the file's `expected`)",
    },
    baseline: { type: "string", placeholder: "N", help: "mean of the metric today (the file's `expected`)" },
    deviation: {
      type: "string",
      placeholder: "N",
      help: "standard deviation of its values (the file's, or the largest that its bounds allow)",
    },
    json: { type: "boolean", help: "print the lengths as JSON" },
  },
  async run({ argument, options }) {
    const { plan, policy, expected: declared } = await planAbTestFile(argument);
    const expected = readExpected(options, policy, declared);
    const lengths = EFFECTS.map((factor) => lengthFor(policy, expected, factor * policy.metric.minimumEffect));
    const asked = lengthFor(policy, expected, policy.metric.minimumEffect);
    process.stdout.write(
      options["json"]
        ? `${JSON.stringify({ durationSeconds: policy.durationSeconds, lengths }, undefined, 2)}\n`
        : textOf(plan.name, policy, expected, lengths),
    );
    return asked.seconds <= policy.durationSeconds ? 0 : 2;
  },
};

/** Of the declared effect; what half of it would cost is what people ask next. */
const EFFECTS = [0.5, 1, 2, 4];

/** How long a test for an effect must run. */
interface Length {
  /** Relative to the control's mean. */
  readonly effect: number;
  readonly valuesPerVariant: number;
  readonly seconds: number;
}

function lengthFor(policy: AbTestPolicy, expected: Expected, minimumEffect: number): Length {
  const { values, seconds } = testLength({ ...policy, metric: { ...policy.metric, minimumEffect } }, expected);
  return { effect: minimumEffect, valuesPerVariant: values, seconds };
}

/** What the command line says of the metric, and the file where it says nothing. */
function readExpected(
  options: Invocation["options"],
  { metric }: AbTestPolicy,
  { mean, valuesPerHour, deviation }: PlannedAbTest["expected"],
): Expected {
  const diagnostics = new Diagnostics();
  const read = (name: string, check: Check<number>) =>
    options[name] === undefined ? undefined : check(Number(options[name]), `--${name}`, diagnostics);
  const given = {
    mean: read("baseline", number({ min: metric.lowerBound, max: metric.upperBound })) ?? mean,
    valuesPerSecond: read("rate", number({ above: 0 })) ?? (valuesPerHour && valuesPerHour / 3600),
    deviation: read("deviation", number({ above: 0 })) ?? deviation,
  };
  tellFindings("The command line", diagnostics.findings);
  if (given.mean === undefined || given.valuesPerSecond === undefined) {
    throw new UserError(`say what ${metric.name} is like today: --baseline N --rate N`, [
      "Or say it in the file's `expected`. See: slipway help ab-test plan",
    ]);
  }
  const spread = given.deviation ?? largestDeviation(given.mean, metric);
  if (!(spread > 0) || given.mean === 0) {
    throw new UserError(`a ${metric.name} of ${given.mean} has no relative difference that a test could find`);
  }
  return { mean: given.mean, valuesPerSecond: given.valuesPerSecond, deviation: spread };
}

function textOf(
  name: string,
  policy: AbTestPolicy,
  { mean, valuesPerSecond, deviation }: Expected,
  lengths: readonly Length[],
): string {
  const { metric, durationSeconds, falseWinRate } = policy;
  const words = lengths.map(({ effect, valuesPerVariant, seconds }) => {
    const enough = seconds <= durationSeconds ? "within" : "longer than";
    const length = formatDuration(roundedUp(seconds));
    return `${formatPercent(effect).padStart(8)}  ${formatCount(valuesPerVariant).padStart(12)} values each  ${length.padStart(10)}  ${enough} ${formatDuration(durationSeconds)}${effect === metric.minimumEffect ? "  ← minimumEffect" : ""}`;
  });
  return [
    `${name}: how long until a difference of ${metric.name} is shown, at ${formatNumber(valuesPerSecond)} values a second, a mean of ${formatNumber(mean)} and a deviation of ${formatNumber(deviation)}`,
    "",
    ...words,
    "",
    `Found in ${POWER * 100}% of the cases in which it is there; a false win in at most ${formatPercent(falseWinRate)}, however often one looks.`,
    "",
  ].join("\n");
}

/** To a length that people would say: whole hours of days, whole minutes of hours. */
function roundedUp(seconds: number): number {
  const unit = seconds >= 86_400 ? 3600 : seconds >= 3600 ? 60 : 1;
  return Math.ceil(seconds / unit) * unit;
}
