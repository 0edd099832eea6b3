import type { Track } from "../../core/plan";
import type { Weights } from "../../strategies/decision";
import type { Diagnostics } from "../../core/findings/diagnostics";
import type { ModelVersion } from "./schema";

/** The versions that a split divides the traffic between, and what each is called. */
export interface SplitOver {
  readonly models: readonly ModelVersion[];
  readonly called: string;
}

/** Reports a split that does not name each version once, or does not sum to 100. */
export function checkSplit(
  split: Readonly<Record<string, number>>,
  path: string,
  { models, called }: SplitOver,
  diagnostics: Diagnostics,
): void {
  const versions = models.map(({ version }) => version);
  const [missing, strange] = [
    versions.filter((version) => split[version] === undefined),
    Object.keys(split).filter((version) => !versions.includes(version)),
  ];
  if (missing.length > 0 || strange.length > 0) {
    const wrong = [
      ...missing.map((each) => `${each} is missing`),
      ...strange.map((each) => `there is no ${called} ${each}`),
    ];
    diagnostics.error("SLW334", path, {
      message: `${wrong.join(", ")}.`,
      fix: `Name each once: ${versions.join(", ")}.`,
    });
    return;
  }
  const sum = Object.values(split).reduce((total, weight) => total + weight, 0);
  if (sum === 100) return;
  diagnostics.error("SLW335", path, {
    message: `${Object.values(split).join(" + ")} is ${sum}.`,
    allowed: "whole percents that sum to 100",
    fix: sum < 100 ? `Give ${100 - sum} more.` : `Give ${sum - 100} less.`,
  });
}

/** A split by version as weights by track. */
export function weightsByTrack(split: Readonly<Record<string, number>>, tracks: readonly Track[]): Weights {
  return Object.fromEntries(tracks.map(({ name, version }) => [name, split[version] ?? 0]));
}
