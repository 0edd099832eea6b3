import type { Track } from "../../core/plan";
import type { Weights } from "../../strategies/decision";
import type { Diagnostics } from "../../core/findings/diagnostics";
import type { ModelVersion } from "./schema";

/** The versions that a split divides the traffic between, and the noun for one of them in messages. */
export interface SplitVersions {
  readonly models: readonly ModelVersion[];
  readonly noun: string;
}

/** Reports a split that does not name each version once, or does not sum to 100. */
export function checkSplit(
  split: Readonly<Record<string, number>>,
  path: string,
  { models, noun }: SplitVersions,
  diagnostics: Diagnostics,
): void {
  const versions = models.map(({ version }) => version);
  const [missing, unknown] = [
    versions.filter((version) => split[version] === undefined),
    Object.keys(split).filter((version) => !versions.includes(version)),
  ];
  if (missing.length > 0 || unknown.length > 0) {
    const wrong = [
      ...missing.map((each) => `${each} is missing`),
      ...unknown.map((each) => `there is no ${noun} ${each}`),
    ];
    diagnostics.error("SLW334", path, {
      message: `${wrong.join(", ")}.`,
      fix: `Name each version once: ${versions.join(", ")}.`,
    });
    return;
  }
  const sum = Object.values(split).reduce((total, weight) => total + weight, 0);
  if (sum === 100) return;
  diagnostics.error("SLW335", path, {
    message: `${Object.values(split).join(" + ")} is ${sum}.`,
    allowed: "whole percentages that sum to 100",
    fix: sum < 100 ? `Add ${100 - sum}.` : `Remove ${sum - 100}.`,
  });
}

/** A split by version as weights by track. */
export function weightsByTrack(split: Readonly<Record<string, number>>, tracks: readonly Track[]): Weights {
  return Object.fromEntries(tracks.map(({ name, version }) => [name, split[version] ?? 0]));
}
