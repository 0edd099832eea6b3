import { shortHash } from "../hash";

/** The length limit of a DNS label, which Service names, label values and most other names have. */
export const MAX_LABEL = 63;
const HASH = 8;

/** Whether a text is a valid Service name (RFC 1035 label): lower-case letters, digits and `-`, starting with a letter. */
export function isDnsLabel(text: string): boolean {
  return text.length <= MAX_LABEL && /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(text);
}

/** Whether a text is a valid label value. */
export function isLabelValue(text: string): boolean {
  return text.length <= MAX_LABEL && /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/.test(text);
}

/** Parts joined by `-`. A name that is too long for a DNS label is cut, with a hash of the whole name at the end. */
export function joinName(...parts: string[]): string {
  const whole = parts.join("-");
  if (whole.length <= MAX_LABEL) return whole;
  const kept = whole.slice(0, MAX_LABEL - HASH - 1).replace(/-+$/, "");
  return `${kept}-${shortHash(whole, HASH)}`;
}

/**
 * A version as part of a Kubernetes name: `2.3.0` becomes `2-3-0`. Any version other than MAJOR.MINOR.PATCH gets a hash of
 * the exact text, so that `2.3.0-rc.1`, `2.3.0-rc-1` and `2.3.0+rc.1` have different names.
 */
export function versionSlug(version: string): string {
  const slug = version.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return /^\d+\.\d+\.\d+$/.test(version) ? slug : `${slug.slice(0, 24).replace(/-+$/, "")}-${shortHash(version, 6)}`;
}

/** A version as a label value, which may not contain `+` or end with `-`. For people; object names use {@link versionSlug}. */
export function versionLabel(version: string): string {
  return isLabelValue(version) ? version : versionSlug(version);
}
