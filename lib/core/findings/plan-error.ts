import { formatFinding, hasErrors, type Finding } from "./finding";

/**
 * Thrown when a declaration is not valid, before anything is created. Its message lists all findings.
 *
 * @example
 * ```ts
 * try { plan } catch (error) { if (error instanceof PlanError) console.log(error.findings) }
 * ```
 */
export class PlanError extends Error {
  readonly findings: readonly Finding[];

  constructor(subject: string, findings: readonly Finding[]) {
    super([`${subject} is not valid:`, ...findings.map((finding) => `  ${formatFinding(finding)}`)].join("\n"));
    this.name = "PlanError";
    this.findings = findings;
  }
}

/** Throws a {@link PlanError} if one of the plan's findings is an error. */
export function assertValid(plan: { construct: string; name: string; findings: readonly Finding[] }): void {
  if (hasErrors(plan.findings)) throw new PlanError(`${plan.construct} "${plan.name}"`, plan.findings);
}
