import type { Diagnostics } from "../../core/findings/diagnostics";
import type { ModelVersion } from "./schema";

/** The versions that a split is over, and what each is called. */
export interface SplitOver {
  readonly models: readonly ModelVersion[];
  readonly called: string;
}

/** A split must name each version once, and give all of the traffic and no more. */
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
    const wrong = [...missing.map((each) => `${each} is missing`), ...strange.map((each) => `${each} is no ${called}`)];
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
    fix: sum < 100 ? `Give ${100 - sum} more.` : `Take ${sum - 100} away.`,
  });
}
