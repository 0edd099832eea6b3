import { formatFinding, hasErrors, type Finding } from "./finding";

/**
 * Thrown when findings refuse what was declared, before anything is created. Its message lists all of them.
 *
 * @example
 * ```ts
 * try { plan } catch (error) { if (error instanceof PlanError) console.log(error.findings) }
 * ```
 */
export class PlanError extends Error {
  readonly findings: readonly Finding[];

  constructor(subject: string, findings: readonly Finding[]) {
    super([`${subject} is refused:`, ...findings.map((finding) => `  ${formatFinding(finding)}`)].join("\n"));
    this.name = "PlanError";
    this.findings = findings;
  }
}

/** Throws a {@link PlanError} if the plan's findings hold an error. */
export function assertValid(plan: { construct: string; name: string; findings: readonly Finding[] }): void {
  if (hasErrors(plan.findings)) throw new PlanError(`${plan.construct} "${plan.name}"`, plan.findings);
}
