import { findRollout, ROLLOUTS } from "../constructs/registry";
import { suggestion } from "../core/checks/suggest";
import { formatFinding, hasErrors, type Finding } from "../core/findings/finding";
import { PlanError } from "../core/findings/plan-error";
import type { Plan } from "../core/plan";
import type { RolloutPolicy } from "../strategies/registry";
import { loadPropsFile, type PropsFile } from "./props-file";
import { UserError } from "./user-error";

/** A props file, and the plan that it declares. */
export interface PlannedFile {
  readonly source: PropsFile;
  readonly plan: Plan<RolloutPolicy>;
}

/** Loads and plans a props file. Prints warnings; throws a {@link PlanError} with all findings when one is an error. */
export async function planFile(path: string): Promise<PlannedFile> {
  const source = await loadPropsFile(path);
  const plan = planOf(source);
  reportFindings(`${source.construct} "${source.name}" in ${source.file}`, plan.findings);
  return { source, plan };
}

/** Prints findings that are warnings; throws a {@link PlanError} when one is an error. */
export function reportFindings(subject: string, findings: readonly Finding[]): void {
  if (hasErrors(findings)) throw new PlanError(subject, findings);
  for (const finding of findings) process.stderr.write(`slipway: warning: ${formatFinding(finding)}\n`);
}

function planOf({ construct, file, name, props }: PropsFile): Plan<RolloutPolicy> {
  const rollout = findRollout(construct);
  if (rollout !== undefined) return rollout.plan(name, props as never);
  const names = ROLLOUTS.map(({ className }) => className);
  const near = suggestion(construct, names);
  throw new UserError(
    `${file}: "${construct}" is not a rollout construct${near === undefined ? "" : `; did you mean ${near}?`}`,
    [`Set \`construct\` to one of ${names.join(", ")}.`],
  );
}
