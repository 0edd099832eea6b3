import type { FindingCode } from "./catalogue";

/** One problem with the props. */
export interface Finding {
  readonly code: FindingCode;
  /** Path of the prop, such as `traffic.weights[0]`; empty for the props as a whole. */
  readonly path: string;
  /** What is wrong, with the value quoted. */
  readonly message: string;
  /** What is allowed, if it can be listed. */
  readonly allowed?: string;
  /** How to fix it. */
  readonly fix: string;
  /** An error rejects the plan; a warning is only shown. */
  readonly severity: "error" | "warning";
}

/** A finding on one line: `SLW006 traffic.interval: "30" is not a valid duration. Allowed: … Fix: …`. */
export function formatFinding(finding: Finding): string {
  const allowed = finding.allowed === undefined ? "" : ` Allowed: ${finding.allowed}.`;
  return `${finding.code} ${finding.path || "props"}: ${finding.message}${allowed} Fix: ${finding.fix}`;
}

/** Whether one of the findings is an error, which rejects the plan. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === "error");
}
