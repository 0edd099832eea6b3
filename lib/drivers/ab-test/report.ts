import type { Plan } from "../../core/plan";
import type { VariantResult } from "../../strategies/result";
import type { AbTestPhase, AbTestPolicy } from "../../strategies/ab-test/policy";
import type { SplitUnit } from "../../strategies/ab-test/split-check";
import type { ReplayedTest } from "./replay";

/** The result of one variant, by its version. */
interface ReportedVariant extends Omit<VariantResult, "variant"> {
  readonly version: string;
}

/** The results of a test, as in its JSON. */
export interface AbTestReport {
  readonly name: string;
  readonly metric: string;
  readonly direction: string;
  /** Version that the others are compared with. */
  readonly control: string;
  readonly phase: AbTestPhase;
  /** Seconds since the test began, and its declared duration. */
  readonly after: number;
  readonly duration: number;
  readonly minimumEffect: number;
  readonly falseWinRate: number;
  /** Requests by version. */
  readonly requests: Readonly<Record<string, number>>;
  /** What the split was checked by. Missing if it could not be checked, because nothing was counted by user. */
  readonly splitCheckedBy?: SplitUnit;
  /** A version whose share of the users, in percent, contradicts the declared split. */
  readonly brokenSplit?: {
    readonly version: string;
    readonly declared: number;
    readonly observed: number;
    readonly unit: SplitUnit;
  };
  readonly variants: readonly ReportedVariant[];
  /** Why it ended; missing while it runs. */
  readonly reason?: string;
  /** The results at every evaluation, for the intervals over time. */
  readonly looks: readonly { readonly at: number; readonly variants: readonly ReportedVariant[] }[];
}

/** Builds the report of a replayed test, by version instead of by track. */
export function buildAbTestReport({ name, tracks }: Plan, policy: AbTestPolicy, replayed: ReplayedTest): AbTestReport {
  const versionOf = (track: string) => tracks.find((each) => each.name === track)?.version ?? track;
  const variants = (results: readonly VariantResult[]) =>
    results.map(({ variant, ...result }) => ({ version: versionOf(variant), ...result }));
  const looks = replayed.evaluations.map(({ at, results }) => ({ at, variants: variants(results) }));
  const last = looks.at(-1);
  const { splitMismatch: broken, splitCheckedBy } = replayed;
  const reason = replayed.events.findLast(({ kind }) => kind === "gate-failed" || kind === "completed")?.message;
  return {
    name,
    metric: policy.metric.name,
    direction: policy.metric.direction,
    control: versionOf(policy.variants[0] ?? ""),
    phase: replayed.phase,
    after: last?.at ?? 0,
    duration: policy.durationSeconds,
    minimumEffect: policy.metric.minimumEffect,
    falseWinRate: policy.falseWinRate,
    requests: Object.fromEntries(Object.entries(replayed.requests).map(([track, count]) => [versionOf(track), count])),
    ...(splitCheckedBy && { splitCheckedBy }),
    ...(broken && {
      brokenSplit: {
        version: versionOf(broken.track),
        declared: broken.declared,
        observed: broken.observed,
        unit: broken.unit,
      },
    }),
    variants: last?.variants ?? [],
    ...(reason !== undefined && { reason }),
    looks,
  };
}
