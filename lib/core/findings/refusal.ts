import { formatFinding, refuses, type Finding } from "./finding";

/**
 * Thrown when findings refuse what was declared, before anything is created. Its message lists all of them.
 *
 * @example
 * ```ts
 * try { plan } catch (error) { if (error instanceof Refusal) console.log(error.findings) }
 * ```
 */
export class Refusal extends Error {
  readonly findings: readonly Finding[];

  constructor(subject: string, findings: readonly Finding[]) {
    super([`${subject} is refused:`, ...findings.map((finding) => `  ${formatFinding(finding)}`)].join("\n"));
    this.name = "Refusal";
    this.findings = findings;
  }
}

/** Throws a {@link Refusal} if the plan's findings hold an error. */
export function assertSound(plan: { construct: string; name: string; findings: readonly Finding[] }): void {
  if (refuses(plan.findings)) throw new Refusal(`${plan.construct} "${plan.name}"`, plan.findings);
}
