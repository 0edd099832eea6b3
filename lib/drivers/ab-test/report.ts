import type { Plan } from "../../core/plan";
import { sampleRatioMismatch } from "../../strategies/ab-test/sample-ratio";
import type { VariantResult } from "../../strategies/result";
import type { AbTestPhase, AbTestPolicy } from "../../strategies/ab-test/policy";
import type { Course } from "./course";

/** What a test says of one variant, by its version. */
export interface ReportedVariant extends Omit<VariantResult, "variant"> {
  readonly version: string;
}

/** What a test says, as JSON has it. */
export interface AbTestReport {
  readonly name: string;
  readonly metric: string;
  readonly direction: string;
  /** Version that the others are held against. */
  readonly control: string;
  readonly phase: AbTestPhase;
  /** Seconds since the test began, and how many it was declared to run. */
  readonly after: number;
  readonly duration: number;
  readonly minimumEffect: number;
  readonly falseWinRate: number;
  /** Requests by version. */
  readonly requests: Readonly<Record<string, number>>;
  /** The version whose share of the requests, in percent, cannot be what was declared. */
  readonly brokenSplit?: { readonly version: string; readonly declared: number; readonly observed: number };
  readonly variants: readonly ReportedVariant[];
  /** Why it ended, where it has. */
  readonly reason?: string;
  /** The same at every look: the intervals narrow. */
  readonly looks: readonly { readonly at: number; readonly variants: readonly ReportedVariant[] }[];
}

/** Puts the course of a test into the words of its versions. */
export function reportOf({ name, tracks }: Plan, policy: AbTestPolicy, course: Course): AbTestReport {
  const versionOf = (track: string) => tracks.find((each) => each.name === track)?.version ?? track;
  const variants = (results: readonly VariantResult[]) =>
    results.map(({ variant, ...result }) => ({ version: versionOf(variant), ...result }));
  const looks = course.moments.map(({ at, results }) => ({ at, variants: variants(results) }));
  const last = looks.at(-1);
  const broken = sampleRatioMismatch(policy.split, course.requests);
  const reason = course.events.findLast(({ kind }) => kind === "gate-failed" || kind === "completed")?.message;
  return {
    name,
    metric: policy.metric.name,
    direction: policy.metric.direction,
    control: versionOf(policy.variants[0] ?? ""),
    phase: course.phase,
    after: last?.at ?? 0,
    duration: policy.durationSeconds,
    minimumEffect: policy.metric.minimumEffect,
    falseWinRate: policy.falseWinRate,
    requests: Object.fromEntries(Object.entries(course.requests).map(([track, count]) => [versionOf(track), count])),
    ...(broken && {
      brokenSplit: { version: versionOf(broken.track), declared: broken.declared, observed: broken.observed },
    }),
    variants: last?.variants ?? [],
    ...(reason !== undefined && { reason }),
    looks,
  };
}
