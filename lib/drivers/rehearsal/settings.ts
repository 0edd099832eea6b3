import { resolve } from "node:path";
import { defaulted, list, map, object, optional, required, type Fields, type Parsed } from "../../core/checks/check";
import { duration, flag, number, oneOf, semver, text } from "../../core/checks/values";
import type { Diagnostics } from "../../core/findings/diagnostics";
import { formatList } from "../../core/format";
import type { Track } from "../../core/plan";
import { checkRuntimeCapabilities, type RuntimeNeed } from "../../runtimes/registry";
import type { Runtime } from "../../runtimes/runtime";
import { strategyOf, type RolloutPolicy } from "../../strategies/registry";
import { canReachCandidates } from "./dry-run";
import { ALL_TRACKS, checkFault } from "./fault-settings";
import { RehearsedOutcome, type FeedbackNoiseProps, type RehearsalProps } from "./props";
import { findTracks, suggestTrack } from "./track-roles";

const share = number({ min: 0, max: 1 });
const noiseFields = {
  repeated: defaulted(share, 0),
  unknown: defaulted(share, 0),
  foreign: defaulted(share, 0),
} satisfies Fields<FeedbackNoiseProps>;

export const checkRate = number({ above: 0, max: 5000 });
export const checkSpeed = number({ min: 1, max: 100_000 });
export const checkSeed = number({ min: 0, max: 2 ** 32 - 1, whole: true });
export const checkDeadline = number({ above: 0, max: 10_000 });

const rehearsalFields = {
  models: required(map(text, semver)),
  samples: required(text),
  rate: defaulted(checkRate, 200),
  users: defaulted(number({ min: 1, max: 1_000_000, whole: true }), 2000),
  speed: defaulted(checkSpeed, 60),
  deadline: optional(checkDeadline),
  labelDelay: defaulted(duration({ min: 0 }), 0),
  labelMetric: defaulted(text, "accuracy"),
  rewards: defaulted(map(map(share, semver)), {}),
  feedbackNoise: defaulted(object(noiseFields), { repeated: 0, unknown: 0, foreign: 0 }),
  faults: defaulted(list(checkFault), []),
  expect: optional(oneOf(RehearsedOutcome)),
  expectLeader: optional(semver),
  flaw: optional(text),
  drill: defaulted(flag, true),
  seed: defaulted(checkSeed, 1),
} satisfies Fields<RehearsalProps>;

/** The settings of a rehearsal with every value parsed: durations in seconds, paths absolute. */
export type RehearsalSettings = Parsed<typeof rehearsalFields>;

/** Parses what a props file exports as `rehearsal`; its paths are relative to `folder`. */
export function parseSettings(value: unknown, folder: string, diagnostics: Diagnostics): RehearsalSettings | undefined {
  const parsed = object(rehearsalFields)(value, "rehearsal", diagnostics);
  if (parsed === undefined) return undefined;
  const models = Object.fromEntries(
    Object.entries(parsed.models).map(([version, file]) => [version, resolve(folder, file)]),
  );
  return { ...parsed, models, samples: resolve(folder, parsed.samples) };
}

/** The rollout that settings must fit. */
interface RehearsedRollout {
  readonly tracks: readonly Track[];
  readonly policy: RolloutPolicy;
  readonly runtime: Runtime<unknown>;
}

/** Reports settings that do not fit the rollout, and a rollout that cannot be rehearsed. */
export function checkFit(
  settings: RehearsalSettings,
  { tracks, policy, runtime }: RehearsedRollout,
  diagnostics: Diagnostics,
): void {
  for (const { version } of tracks) {
    if (settings.models[version] !== undefined) continue;
    diagnostics.error("SLW003", `rehearsal.models["${version}"]`, {
      message: `the file of version ${version} is missing.`,
      fix: "Give its path, relative to the props file.",
    });
  }
  for (const { track } of settings.faults) checkFaultTrack(track, tracks, policy, diagnostics);
  checkMetrics(settings, tracks, policy, diagnostics);
  checkTraffic(policy, diagnostics);
  checkRuntimeCapabilities({ runtime }, runtimeNeeds(settings, policy), diagnostics);
}

/** What the servers must be able to do. Faults at the route and the kill of a process need nothing of them. */
function runtimeNeeds({ faults, rewards, feedbackNoise }: RehearsalSettings, policy: RolloutPolicy): RuntimeNeed[] {
  const feedbackPaths = [
    ...(strategyOf(policy).requirements(policy).metrics.length > 0 ? ["rehearsal.labelMetric"] : []),
    ...(Object.keys(rewards).length > 0 ? ["rehearsal.rewards"] : []),
    ...(Object.values(feedbackNoise).some((each) => each > 0) ? ["rehearsal.feedbackNoise"] : []),
  ];
  const corrupts = faults.some(({ wrong }) => wrong !== undefined);
  return [
    ...(corrupts ? [{ capability: "faults", path: "rehearsal.faults" } as const] : []),
    ...feedbackPaths.map((path): RuntimeNeed => ({ capability: "feedback", path })),
  ];
}

function checkFaultTrack(
  name: string,
  tracks: readonly Track[],
  policy: RolloutPolicy,
  diagnostics: Diagnostics,
): void {
  if (findTracks(name, tracks, policy).length > 0) return;
  const { near, all } = suggestTrack(name, tracks, policy);
  diagnostics.error("SLW004", "rehearsal.faults", {
    message: `there is no track "${name}" to inject a fault into.`,
    allowed: [...all, ALL_TRACKS].map((each) => `"${each}"`).join(", "),
    fix: near === undefined ? "Name one of them." : `Write \`${near}\`.`,
  });
}

function checkMetrics(
  { labelMetric, rewards }: RehearsalSettings,
  tracks: readonly Track[],
  policy: RolloutPolicy,
  diagnostics: Diagnostics,
): void {
  const { metrics } = strategyOf(policy).requirements(policy);
  const provided = [labelMetric, ...Object.keys(rewards)];
  for (const { metric } of metrics.filter((each) => !provided.includes(each.metric))) {
    diagnostics.error("SLW004", "rehearsal.labelMetric", {
      message: `labels come back as "${labelMetric}", but the rollout waits for "${metric}".`,
      allowed: `"${metric}"`,
      fix: `Write \`labelMetric: "${metric}"\`, or give its rates in \`rewards\`.`,
    });
  }
  for (const [metric, rates] of Object.entries(rewards)) {
    for (const { version } of tracks.filter((track) => rates[track.version] === undefined)) {
      diagnostics.error("SLW003", `rehearsal.rewards["${metric}"]["${version}"]`, {
        message: `the rate of version ${version} is missing.`,
        fix: "Give the share of its predictions that earn a 1.",
      });
    }
  }
}

function checkTraffic(policy: RolloutPolicy, diagnostics: Diagnostics): void {
  if (canReachCandidates(policy)) return;
  const [, ...candidates] = strategyOf(policy).tracks(policy);
  diagnostics.error("SLW012", "rehearsal", {
    message: `${formatList(candidates)} would get neither requests nor copies of requests, so a rehearsal would have nothing to judge.`,
    allowed: "a rollout that sends its candidates requests or copies",
    fix: "Give the candidate a share, such as `percent: 10` of a shadow, or do not rehearse the rollout.",
  });
}
