import { resolve } from "node:path";
import {
  defaulted,
  list,
  map,
  object,
  optional,
  required,
  type Check,
  type Fields,
  type Parsed,
} from "../../core/checks/check";
import { duration, flag, number, oneOf, semver, text } from "../../core/checks/values";
import type { Diagnostics } from "../../core/findings/diagnostics";
import type { Track } from "../../core/plan";
import { strategyOf, type RolloutPolicy } from "../../strategies/registry";
import { RehearsedOutcome, type FaultProps, type FeedbackNoiseProps, type RehearsalProps } from "./props";
import { trackCalled, trackWords } from "./track-roles";

const faultFields = {
  track: required(text),
  latency: optional(duration({ max: 60 })),
  errors: optional(number({ above: 0, max: 1 })),
  wrong: optional(number({ above: 0, max: 1 })),
  strays: optional(number({ above: 0, max: 1 })),
  crash: defaulted(flag, false),
  at: defaulted(duration({ min: 0 }), 0),
} satisfies Fields<FaultProps>;

/** A fault with its values read: seconds and shares. */
export type Fault = Parsed<typeof faultFields>;

const WHAT_GOES_WRONG = ["latency", "errors", "wrong", "strays"] as const;

export const checkFault: Check<Fault> = (value, path, diagnostics) => {
  const fault = object(faultFields)(value, path, diagnostics);
  if (fault === undefined || fault.crash || WHAT_GOES_WRONG.some((name) => fault[name] !== undefined)) return fault;
  diagnostics.error("SLW003", path, {
    message: "names no fault.",
    allowed: "at least one of latency, errors, wrong, strays, crash",
    fix: "Say what goes wrong, such as `errors: 0.05`.",
  });
  return undefined;
};

const share = number({ min: 0, max: 1 });
const noiseFields = {
  repeated: defaulted(share, 0),
  unknown: defaulted(share, 0),
  foreign: defaulted(share, 0),
} satisfies Fields<FeedbackNoiseProps>;

export const checkRate = number({ above: 0, max: 5000 });
export const checkSpeed = number({ min: 1, max: 100_000 });
export const checkSeed = number({ min: 0, max: 2 ** 32 - 1, whole: true });

const rehearsalFields = {
  models: required(map(text, semver)),
  samples: required(text),
  rate: defaulted(checkRate, 200),
  users: defaulted(number({ min: 1, max: 1_000_000, whole: true }), 2000),
  speed: defaulted(checkSpeed, 60),
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

/** The settings of a rehearsal with every value read: durations in seconds, paths absolute. */
export type RehearsalSettings = Parsed<typeof rehearsalFields>;

/** Reads what a props file exports as `rehearsal`; its paths are relative to `folder`. */
export function readSettings(value: unknown, folder: string, diagnostics: Diagnostics): RehearsalSettings | undefined {
  const read = object(rehearsalFields)(value, "rehearsal", diagnostics);
  if (read === undefined) return undefined;
  const models = Object.fromEntries(
    Object.entries(read.models).map(([version, file]) => [version, resolve(folder, file)]),
  );
  return { ...read, models, samples: resolve(folder, read.samples) };
}

/** Finds settings that do not fit the rollout to be rehearsed. */
export function checkFit(
  settings: RehearsalSettings,
  tracks: readonly Track[],
  policy: RolloutPolicy,
  diagnostics: Diagnostics,
): void {
  for (const { version } of tracks) {
    if (settings.models[version] !== undefined) continue;
    diagnostics.error("SLW003", `rehearsal.models["${version}"]`, {
      message: `the file of version ${version} is missing.`,
      fix: "Give its path, relative to the props file.",
    });
  }
  for (const { track } of settings.faults) checkTrack(track, tracks, policy, diagnostics);
  checkMetrics(settings, tracks, policy, diagnostics);
}

function checkTrack(word: string, tracks: readonly Track[], policy: RolloutPolicy, diagnostics: Diagnostics): void {
  if (trackCalled(word, tracks, policy) !== undefined) return;
  const { near, all } = trackWords(word, tracks, policy);
  diagnostics.error("SLW004", "rehearsal.faults", {
    message: `there is no track "${word}" to put a fault into.`,
    allowed: all.map((each) => `"${each}"`).join(", "),
    fix: near === undefined ? "Name one of them." : `Write \`${near}\`.`,
  });
}

function checkMetrics(
  { labelMetric, rewards }: RehearsalSettings,
  tracks: readonly Track[],
  policy: RolloutPolicy,
  diagnostics: Diagnostics,
): void {
  const told = [labelMetric, ...Object.keys(rewards)];
  for (const metric of strategyOf(policy)
    .requirements(policy)
    .metrics.filter((name) => !told.includes(name))) {
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
