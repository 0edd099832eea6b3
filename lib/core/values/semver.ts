import { parse } from "semver";

/** Whether a text is a full semantic version (`MAJOR.MINOR.PATCH`, with pre-release and build if any), with no `v` before it and no space around it. */
export function isSemver(text: string): boolean {
  return /^\d\S*$/.test(text) && parse(text) !== null;
}
