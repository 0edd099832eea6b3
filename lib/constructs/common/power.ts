import { formatCount, formatDuration, formatList, formatNumber, formatPercent } from "../../core/format";
import type { Diagnostics } from "../../core/findings/diagnostics";
import type { Timetable } from "../../core/timetable";
import { samplesToPass } from "../../strategies/gates/clearance";
import { promotionChance, type PowerRollout, type PowerStage } from "../../strategies/power/promotion-chance";

/** What a rollout can see, and how its timetable names the versions and the verdict. */
export interface Power {
  readonly rollout: PowerRollout;
  /** Role of the baseline: "stable". */
  readonly baseline: string;
  /** What happens to a candidate that is not found out: "is promoted". */
  readonly passes: string;
  /** What happens to the others: "rolled back, or paused for an operator". */
  readonly others: string;
  /** Path of the prop that declares the time of a stage. */
  readonly path: string;
}

/** Traffic for which the timetable shows the power where none is expected, and factors where it is. */
const RATES = [1, 10, 100];
const FACTORS = [2, 5, 10];
const DEFAULT_FACTOR = 2;

/** Share of what is allowed at which the baseline is assumed to be. */
const BASELINE_SHARE = 0.5;

/** The timetable with what the rollout can see at the expected traffic, or at several rates. */
export function withPower(timetable: Timetable, power: Power, expected: number | undefined): Timetable {
  const note = describePower(power, expected);
  return note === undefined ? timetable : { ...timetable, notes: [...timetable.notes, note] };
}

function describePower(power: Power, expected: number | undefined): string | undefined {
  const loss = judgedLoss(power.rollout);
  if (loss === undefined) return undefined;
  const chance = (requestsPerSecond: number, factor: number): string =>
    formatChance(
      cachedChance(power.rollout, {
        requestsPerSecond,
        baselineRate: loss.allowed * BASELINE_SHARE,
        candidateRate: Math.min(1, loss.allowed * factor),
      }),
    );
  const { baseline, passes, others } = power;
  const shareOf = (factor: number): string => formatPercent(Math.min(1, loss.allowed * factor));
  const end = `otherwise it is ${others}. Approximate, and for independent requests.`;
  if (expected === undefined) {
    const chances = RATES.map((rate) => `${chance(rate, DEFAULT_FACTOR)} at ${formatRate(rate)}`);
    return `A version that ${loss.what} twice as often as allowed (for ${shareOf(DEFAULT_FACTOR)} of its requests, ${baseline} for ${shareOf(BASELINE_SHARE)}) ${passes} with a chance of ${formatList(chances)}; ${end}`;
  }
  const chances = FACTORS.map((factor) => chance(expected, factor));
  return `At ${formatRate(expected)}, a version that ${loss.what} for ${formatList(FACTORS.map(shareOf))} of its requests (${baseline} for ${shareOf(BASELINE_SHARE)}, ${shareOf(1)} is allowed) ${passes} with a chance of ${formatList(chances)}; ${end}`;
}

interface JudgedLoss {
  /** "fails". */
  readonly what: string;
  /** Share of the requests. */
  readonly allowed: number;
}

/** What the model of the gates judges: errors if they have an objective, else slow requests. */
function judgedLoss({ rules: { gates }, stages }: PowerRollout): JudgedLoss | undefined {
  if (stages.every(({ candidateShare }) => candidateShare <= 0)) return undefined;
  const errors = gates.find((gate) => gate.kind === "error-rate-objective");
  if (errors?.kind === "error-rate-objective") return { what: "fails", allowed: errors.limit };
  const latency = gates.find((gate) => gate.kind === "latency-objective");
  if (latency?.kind !== "latency-objective") return undefined;
  const allowed = 1 - latency.quantile;
  return { what: `takes longer than ${formatDuration(latency.limitSeconds)}`, allowed };
}

/** Chances in steps of 5 points: the approximation is no better. */
function formatChance(chance: number): string {
  if (chance < 0.05) return "under 5%";
  if (chance > 0.95) return "over 95%";
  return `about ${Math.round(chance * 20) * 5}%`;
}

const formatRate = (rate: number): string => `${formatNumber(rate)} request${rate === 1 ? "" : "s"}/s`;

/** Many rollouts of a program have the same stages and gates. */
const CHANCES = new Map<string, number>();
const MAX_CHANCES = 500;

function cachedChance(
  { rules, stages, maxExtensions }: PowerRollout,
  scenario: Parameters<typeof promotionChance>[1],
): number {
  const { gates, minimumSamples, falseAlarmRate } = rules;
  const key = JSON.stringify([gates, minimumSamples, falseAlarmRate, stages, maxExtensions, scenario]);
  const known = CHANCES.get(key);
  if (known !== undefined) return known;
  const chance = promotionChance({ rules, stages, maxExtensions }, scenario);
  if (CHANCES.size >= MAX_CHANCES) CHANCES.clear();
  CHANCES.set(key, chance);
  return chance;
}

/** Reports stages that get fewer requests at the expected traffic than they need before they can pass. */
export function checkExpectedTraffic(
  { rollout: { rules, stages }, path }: Power,
  requestsPerSecond: number | undefined,
  diagnostics: Diagnostics,
): void {
  if (requestsPerSecond === undefined) return;
  const needed = samplesToPass(rules.gates, rules.minimumSamples);
  const secondsFor = ({ candidateShare }: PowerStage): number => needed / (candidateShare * requestsPerSecond);
  const isShort = (stage: PowerStage): boolean => stage.candidateShare > 0 && secondsFor(stage) > stage.holdSeconds;
  const first = stages.find(isShort);
  if (first === undefined) return;
  const names = stages.flatMap((stage, i) =>
    isShort(stage) ? [`stage ${i + 1} (${formatPercent(stage.candidateShare)})`] : [],
  );
  const requests = Math.floor(first.candidateShare * requestsPerSecond * first.holdSeconds);
  const share = Math.ceil((100 * needed) / (requestsPerSecond * first.holdSeconds));
  const fixes = [
    `${formatDuration(roundUp(secondsFor(first)))} or longer`,
    ...(share <= 100 ? [`a share of ${share}% or more`] : []),
    needed > rules.minimumSamples ? "a higher objective" : "a smaller analysis.minimumSamples",
  ];
  diagnostics.warning("SLW115", path, {
    message: `at ${formatRate(requestsPerSecond)}, ${formatList(names)} cannot pass in ${formatDuration(first.holdSeconds)}: the candidate gets about ${formatCount(requests)} of the ${formatCount(needed)} requests that it needs.`,
    fix: `Use ${fixes.slice(0, -1).join(", ")}, or ${fixes.at(-1)}.`,
  });
}

/** To whole minutes, or whole seconds below a minute. */
const roundUp = (seconds: number): number => (seconds < 60 ? Math.ceil(seconds) : Math.ceil(seconds / 60) * 60);
