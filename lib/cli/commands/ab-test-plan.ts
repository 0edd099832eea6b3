import { formatCount, formatDuration, formatNumber, formatPercent } from "../../core/format";
import type { Check } from "../../core/checks/check";
import { number } from "../../core/checks/values";
import { Diagnostics } from "../../core/findings/diagnostics";
import { largestDeviation, POWER, testLength, type Expected } from "../../strategies/ab-test/power";
import type { AbTestPolicy } from "../../strategies/ab-test/policy";
import { PROPS_FILE, type Command, type Invocation } from "../command";
import { planAbTestFile, type PlannedAbTest } from "../planned-ab-test";
import { reportFindings } from "../planned-file";
import { UserError } from "../user-error";

export const abTestPlan: Command = {
  name: "ab-test plan",
  summary: "how long an A/B test must run to detect its effect",
  description: [
    "Prints how many values of its metric each variant of the declared test needs, and how long that takes at the expected",
    `traffic, for the minimum effect and for smaller and larger ones. The lengths are for a power of ${formatPercent(POWER)}.`,
    "Exit code: 0; 2 when the declared duration is too short; 1 on an error.",
  ],
  argument: PROPS_FILE,
  options: {
    rate: {
      type: "string",
      placeholder: "N",
      help: "values of the metric per second, all variants together (default: `expected` of the file)",
    },
    baseline: {
      type: "string",
      placeholder: "N",
      help: "current mean of the metric (default: `expected` of the file)",
    },
    deviation: {
      type: "string",
      placeholder: "N",
      help: "standard deviation of its values (default: the file's, or the largest that its bounds allow)",
    },
    json: { type: "boolean", help: "print the lengths as JSON" },
  },
  async run({ argument, options }) {
    const { plan, policy, expected: declared } = await planAbTestFile(argument);
    const expected = readExpected(options, policy, declared);
    const lengths = EFFECTS.map((factor) => lengthFor(policy, expected, factor * policy.metric.minimumEffect));
    const declaredLength = lengthFor(policy, expected, policy.metric.minimumEffect);
    process.stdout.write(
      options["json"]
        ? `${JSON.stringify({ durationSeconds: policy.durationSeconds, lengths }, undefined, 2)}\n`
        : formatLengths(plan.name, policy, expected, lengths),
    );
    return declaredLength.seconds <= policy.durationSeconds ? 0 : 2;
  },
};

/** Multiples of the declared effect, to show what a smaller effect would cost. */
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

/** What is expected of the metric; the command line takes precedence over the file. */
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
  reportFindings("The command line", diagnostics.findings);
  if (given.mean === undefined || given.valuesPerSecond === undefined) {
    throw new UserError(`the current mean and rate of ${metric.name} are missing: use --baseline N --rate N`, [
      "Or set `expected` in the file. See: slipway help ab-test plan",
    ]);
  }
  const spread = given.deviation ?? largestDeviation(given.mean, metric);
  if (!(spread > 0) || given.mean === 0) {
    throw new UserError(
      `no relative difference of ${metric.name} can be detected: its mean is ${given.mean}, its deviation ${spread}`,
    );
  }
  return { mean: given.mean, valuesPerSecond: given.valuesPerSecond, deviation: spread };
}

function formatLengths(
  name: string,
  policy: AbTestPolicy,
  { mean, valuesPerSecond, deviation }: Expected,
  lengths: readonly Length[],
): string {
  const { metric, durationSeconds, falseWinRate } = policy;
  const rows = lengths.map(({ effect, valuesPerVariant, seconds }) => {
    const comparison = seconds <= durationSeconds ? "within" : "longer than";
    const length = formatDuration(roundUp(seconds));
    return `${formatPercent(effect).padStart(8)}  ${formatCount(valuesPerVariant).padStart(12)} values each  ${length.padStart(10)}  ${comparison} ${formatDuration(durationSeconds)}${effect === metric.minimumEffect ? "  ← minimumEffect" : ""}`;
  });
  return [
    `${name}: time to detect a difference of ${metric.name}, at ${formatNumber(valuesPerSecond)} values per second with mean ${formatNumber(mean)} and standard deviation ${formatNumber(deviation)}`,
    "",
    ...rows,
    "",
    `An effect of this size is detected with a probability of ${formatPercent(POWER)}. A false winner has a probability of at most ${formatPercent(falseWinRate)}, however often the results are evaluated.`,
    "",
  ].join("\n");
}

/** Rounds up to a readable length: days to whole hours, hours to whole minutes. */
function roundUp(seconds: number): number {
  const unit = seconds >= 86_400 ? 3600 : seconds >= 3600 ? 60 : 1;
  return Math.ceil(seconds / unit) * unit;
}
