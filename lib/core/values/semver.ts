import { parse } from "semver";

/** Whether a text is a full semantic version (`MAJOR.MINOR.PATCH`, optionally with pre-release and build), without a leading `v` or spaces. */
export function isSemver(text: string): boolean {
  return /^\d\S*$/.test(text) && parse(text) !== null;
}
