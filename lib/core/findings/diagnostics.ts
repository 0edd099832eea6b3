import type { FindingCode } from "./catalogue";
import type { Finding } from "./finding";

/** The parts of a finding other than its code and path. */
export interface FindingDetails {
  readonly message: string;
  readonly allowed?: string;
  readonly fix: string;
}

/** Collects findings, so that all of them are reported at once. */
export class Diagnostics {
  readonly findings: Finding[] = [];

  error(code: FindingCode, path: string, details: FindingDetails): void {
    this.findings.push({ code, path, ...details, severity: "error" });
  }

  warning(code: FindingCode, path: string, details: FindingDetails): void {
    this.findings.push({ code, path, ...details, severity: "warning" });
  }
}
