import { shortHash } from "../hash";

/** The longest DNS label: Service names, label values and most others have this limit. */
export const MAX_LABEL = 63;
const HASH = 8;

/** Whether a text can name a Service: lower case letters, digits and `-`, a letter first (RFC 1035 label). */
export function isDnsLabel(text: string): boolean {
  return text.length <= MAX_LABEL && /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(text);
}

/** Whether a text can be the value of a label. */
export function isLabelValue(text: string): boolean {
  return text.length <= MAX_LABEL && /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/.test(text);
}

/** Parts joined by `-`; a longer name than a DNS label allows is cut and ends with a hash of the whole, so that no two collide. */
export function joinName(...parts: string[]): string {
  const whole = parts.join("-");
  if (whole.length <= MAX_LABEL) return whole;
  const kept = whole.slice(0, MAX_LABEL - HASH - 1).replace(/-+$/, "");
  return `${kept}-${shortHash(whole, HASH)}`;
}

/**
 * A version as part of a Kubernetes name: `2.3.0` is `2-3-0`. Only plain versions translate one to one; any other gets a
 * hash of the exact text, so that `2.3.0-rc.1`, `2.3.0-rc-1` and `2.3.0+rc.1` stay three names.
 */
export function versionSlug(version: string): string {
  const slug = version.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return /^\d+\.\d+\.\d+$/.test(version) ? slug : `${slug.slice(0, 24).replace(/-+$/, "")}-${shortHash(version, 6)}`;
}

/** A version as a label value: `+` is not allowed there, nor `-` at the end. Read by people; names are made by {@link versionSlug}. */
export function versionLabel(version: string): string {
  return isLabelValue(version) ? version : versionSlug(version);
}
