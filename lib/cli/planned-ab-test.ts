import { planAbTest } from "../constructs/ab-test/plan";
import type { AbExpectationProps, AbTestProps } from "../constructs/ab-test/props";
import type { Plan } from "../core/plan";
import type { AbTestPolicy } from "../strategies/ab-test/policy";
import { reportFindings } from "./planned-file";
import { loadPropsFile } from "./props-file";
import { UserError } from "./user-error";

/** An A/B test that a file declares. */
export interface PlannedAbTest {
  readonly plan: Plan<AbTestPolicy>;
  readonly policy: AbTestPolicy;
  /** What the author expects of the metric. */
  readonly expected: Partial<AbExpectationProps>;
}

/** Loads and plans a props file, which must declare an A/B test. */
export async function planAbTestFile(path: string): Promise<PlannedAbTest> {
  const { construct, file, name, props } = await loadPropsFile(path);
  if (construct !== "AbTest") throw new UserError(`${file} declares a ${construct}, not an AbTest`);
  const plan = planAbTest(name, props as AbTestProps);
  reportFindings(`${construct} "${name}" in ${file}`, plan.findings);
  // A plan without errors has a policy, and its props were checked.
  return { plan, policy: plan.policy as AbTestPolicy, expected: (props as AbTestProps).expected ?? {} };
}
