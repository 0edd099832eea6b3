import type { FindingCode } from "./catalogue";

/** One problem with the props. */
export interface Finding {
  readonly code: FindingCode;
  /** Path of the prop, such as `traffic.weights[0]`; empty where it is about the props as a whole. */
  readonly path: string;
  /** What was wrong with the value, the value quoted. */
  readonly message: string;
  /** What is allowed there, where that can be said. */
  readonly allowed?: string;
  /** What to do. */
  readonly fix: string;
  /** An error refuses the plan; a warning is shown beside it. */
  readonly severity: "error" | "warning";
}

/** A finding on one line: `SLW006 traffic.interval: "30" is no duration. Allowed: … Fix: …`. */
export function formatFinding(finding: Finding): string {
  const allowed = finding.allowed === undefined ? "" : ` Allowed: ${finding.allowed}.`;
  return `${finding.code} ${finding.path || "props"}: ${finding.message}${allowed} Fix: ${finding.fix}`;
}

/** Whether findings refuse the plan. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === "error");
}
